import { createRegexEngine } from '@flaghoist/client/regex';
import { sha256 } from '@flaghoist/runtime/crypto';
import { describe, expect, it } from 'vitest';
import type { EntityVersion } from '../changes/index.ts';
import { Line } from './line.ts';

type Kind = EntityVersion['kind'];

function version(revision: number, kind: Kind, key: string, value: object | null): EntityVersion {
  const json = value === null ? null : JSON.stringify(value);
  return { revision, kind, key, json, sha256: json === null ? null : sha256(json) };
}

function chunk(revision: number, hashes: string): EntityVersion {
  return version(revision, 'chunk', sha256(JSON.stringify({ hashes })), { hashes });
}

function beta(revision: number, ...chunks: readonly EntityVersion[]): EntityVersion {
  const named = [...chunks.map(({ key }) => key), null];
  return version(revision, 'segment', 'beta', { key: 'beta', includedChunks: { bits: 1, chunks: named.slice(0, 2) } });
}

function matching(revision: number, pattern: string): EntityVersion {
  const conditions = [{ attribute: 'targetingKey', operator: 'matches', values: [pattern] }];
  const configuration = {
    key: 'checkout',
    type: 'boolean',
    enabled: true,
    variants: { on: true },
    rules: [{ id: 'matching', conditions, serve: { variant: 'on' } }],
    default: { variant: 'on' },
  };
  return version(revision, 'flag', 'checkout', configuration);
}

function line(revision = 0, entities: readonly EntityVersion[] = []): Line {
  const clock = { now: () => performance.now(), onStep: () => undefined };
  return new Line('env_1', { epoch: 1, revision, hash: '' }, entities, { createRegex: createRegexEngine, clock });
}

function publish(to: Line, revision: number, ...entities: readonly EntityVersion[]): string {
  const next = to.next({ epoch: 1, revision, confirmations: [], entities, expected: null });
  return next.ok ? 'published' : next.problem;
}

const [low, high] = [chunk(1, '0000000000000001'), chunk(1, 'ffffffffffffffff')];

/** Its clock goes on by a millisecond with every look at it: what takes long is what looks often. */
function lineOnSlowMachine(): { readonly line: Line; readonly elapsedMs: () => number } {
  let elapsedMs = 0;
  const clock = { now: () => (elapsedMs += 1), onStep: () => undefined };
  const deps = { createRegex: createRegexEngine, clock };
  return { line: new Line('env_1', { epoch: 1, revision: 0, hash: '' }, [], deps), elapsedMs: () => elapsedMs };
}

describe('the gate before publication', () => {
  it('holds nobody up for long with a revision of many flags, however slow they are to try', () => {
    const { line: running, elapsedMs } = lineOnSlowMachine();
    const flags = Array.from({ length: 500 }, (_, i) => {
      const { json } = matching(1, 'a+b');
      return version(1, 'flag', `flag-${i}`, { ...JSON.parse(json ?? ''), key: `flag-${i}` });
    });
    expect(publish(running, 1, ...flags)).toBe('published');
    expect(elapsedMs()).toBeLessThan(10_000);
  });

  it('takes a segment whose chunks came with it, earlier, or before this process began', () => {
    const running = line();
    expect(publish(running, 1, low, high, beta(1, low, high))).toBe('published');
    expect(publish(running, 2, beta(2, high))).toBe('published');
    const begun = line(2, [low, high, beta(2, high)]);
    expect(publish(begun, 3, beta(3, low, high))).toBe('published');
  });

  it('refuses a segment that names a chunk which is not there, or no longer', () => {
    const running = line();
    expect(publish(running, 1, beta(1, low))).toMatch(/^segment\/beta: .*chunk/);
    expect(publish(running, 1, low)).toBe('published');
    expect(publish(running, 2, version(2, 'chunk', low.key, null))).toBe('published');
    expect(publish(running, 3, beta(3, low))).toMatch(/^segment\/beta: .*chunk/);
  });

  it('refuses a chunk that is not named after its hash, or holds no hashes', () => {
    expect(publish(line(), 1, { ...low, key: high.key })).toMatch(/^chunk\/.*not named after its hash/);
    expect(publish(line(), 1, chunk(1, 'xyz'))).toMatch(/^chunk\/.*hashes/);
  });

  it('refuses a regular expression that cannot be run', () => {
    expect(publish(line(), 1, matching(1, '^an+$'))).toBe('published');
    expect(publish(line(), 1, matching(1, 'a(?=n)'))).toMatch(/^flag\/checkout: \$\.rules\[0\].*Look-around/);
  });
});
