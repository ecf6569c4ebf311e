import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Ruleset } from './content.ts';
import { evaluate } from '../evaluate.ts';
import type { ChunkedKeys, EntityChange, Segment } from '../model.ts';
import { patch, prepare } from './ruleset.ts';

const hashOf = (key: string) => createHash('sha1').update(key, 'utf8').digest('hex').slice(0, 16);

/** The keys in 2^bits places, and the chunks that hold them. */
function chunked(
  keys: readonly string[],
  bits: number,
): { readonly set: ChunkedKeys; readonly chunks: EntityChange[] } {
  const places = Array.from({ length: 2 ** bits }, (): string[] => []);
  for (const key of keys) places[Number.parseInt(hashOf(key).slice(0, 8), 16) >>> (32 - bits || 31)]?.push(hashOf(key));
  if (bits === 0) places[0] = keys.map(hashOf);
  const chunks: EntityChange[] = [];
  const names = places.map((hashes) => {
    if (hashes.length === 0) return null;
    const json = JSON.stringify({ hashes: hashes.sort().join('') });
    const key = createHash('sha256').update(json).digest('base64url');
    chunks.push({ kind: 'chunk', key, json });
    return key;
  });
  return { set: { bits, chunks: names }, chunks };
}

const segment = (members: Partial<Segment>): EntityChange => ({
  kind: 'segment',
  key: 'many',
  json: JSON.stringify({ key: 'many', ...members }),
});

const asking: EntityChange = {
  kind: 'flag',
  key: 'f',
  json: JSON.stringify({
    key: 'f',
    type: 'boolean',
    enabled: true,
    variants: { in: true, out: false },
    rules: [{ id: 'r', conditions: [{ segment: 'many' }], serve: { variant: 'in' } }],
    default: { variant: 'out' },
  }),
};

function must(checked: ReturnType<typeof prepare>): Ruleset {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

const isIn = (ruleset: Ruleset, targetingKey: string) => evaluate(ruleset, 'f', { targetingKey }).value;

const KEYS = Array.from({ length: 5_000 }, (_, index) => `user-${index}-é😀`);
const OTHERS = Array.from({ length: 1_000 }, (_, index) => `other-${index}`);

describe('keys in chunks', () => {
  it.each([0, 1, 4, 12])('are found by their hash, and no others, with %i bits', (bits) => {
    const { set, chunks } = chunked(KEYS, bits);
    const ruleset = must(prepare([segment({ includedChunks: set }), asking, ...chunks]));
    expect(KEYS.every((key) => isIn(ruleset, key))).toBe(true);
    expect(OTHERS.some((key) => isIn(ruleset, key))).toBe(false);
  });

  it('are included before they are excluded, beside listed keys and conditions', () => {
    const conditions = [{ attribute: 'targetingKey', operator: 'exists', values: [] }] as const;
    const included = chunked(['a', 'b'], 2);
    const excluded = chunked(['b', 'c'], 1);
    const ruleset = must(
      prepare([
        ...included.chunks,
        ...excluded.chunks,
        asking,
        segment({ included: ['l'], includedChunks: included.set, excludedChunks: excluded.set, conditions }),
      ]),
    );
    expect(['a', 'b', 'c', 'd', 'l'].map((key) => isIn(ruleset, key))).toEqual([true, true, false, true, true]);
    expect(evaluate(ruleset, 'f', { targetingKey: 5 as unknown as string }).value).toBe(true);
    expect(evaluate(ruleset, 'f', {}).value).toBe(false);
  });

  it('change with the segment that names other chunks: the old ruleset keeps the old keys', () => {
    const before = chunked(['a'], 0);
    const after = chunked(['a', 'b'], 0);
    const old = must(prepare([segment({ includedChunks: before.set }), asking, ...before.chunks]));
    const gone = before.chunks.map(({ kind, key }): EntityChange => ({ kind, key, json: null }));
    const next = must(patch(old, [segment({ includedChunks: after.set }), ...after.chunks, ...gone]));
    expect([isIn(old, 'a'), isIn(old, 'b'), isIn(next, 'a'), isIn(next, 'b')]).toEqual([true, false, true, true]);
  });

  it('cannot be deleted while a segment names them, and can with it', () => {
    const { set, chunks } = chunked(['a'], 0);
    const ruleset = must(prepare([segment({ includedChunks: set }), asking, ...chunks]));
    const gone = chunks.map(({ kind, key }): EntityChange => ({ kind, key, json: null }));
    expect(isIn(ruleset, 'a')).toBe(true);
    const refused = patch(ruleset, gone);
    expect(refused.ok ? [] : refused.problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'segment/many: $ missing_chunk',
    ]);
    expect(patch(ruleset, [...gone, { kind: 'segment', key: 'many', json: null }]).ok).toBe(true);
  });

  it('never change under one key, and have no other keys than hashes', () => {
    const { set, chunks } = chunked(['a'], 0);
    const ruleset = must(prepare([segment({ includedChunks: set }), asking, ...chunks]));
    const other = { kind: 'chunk', key: chunks[0]?.key ?? '', json: JSON.stringify({ hashes: hashOf('b') }) } as const;
    const codes = (change: EntityChange) => {
      const checked = patch(ruleset, [change]);
      return checked.ok ? [] : checked.problems.map(({ code }) => code);
    };
    expect(codes(other)).toEqual(['changed_chunk']);
    expect(codes({ ...other, key: 'x' })).toEqual(['bad_key']);
    expect(patch(ruleset, chunks).ok).toBe(true);
  });

  it('refuse a segment whose chunk has not come', () => {
    const { set } = chunked(['a'], 0);
    const checked = prepare([segment({ includedChunks: set }), asking]);
    expect(checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'segment/many: $ missing_chunk',
    ]);
  });
});
