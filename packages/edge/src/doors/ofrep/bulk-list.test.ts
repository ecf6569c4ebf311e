import { emptyRuleset, type FlagConfiguration, patch, type Ruleset } from '@flaghoist/evaluator';
import { sha256 } from '@flaghoist/runtime/crypto';
import { describe, expect, it } from 'vitest';
import { Tally } from '../../intake/evaluation-counters.ts';
import { BulkList } from './bulk-list.ts';
import { Items } from './items.ts';

const ON = { type: 'boolean', variants: { on: true, off: false }, offVariant: 'off', clientVisible: true } as const;
const HALVES = {
  rollout: {
    variants: [
      { variant: 'on', weight: 1 },
      { variant: 'off', weight: 1 },
    ],
    bucketing: { algorithm: 'murmur3/1' },
  },
} as const;

const fixed = (key: string, more = {}) => ({ ...ON, key, enabled: true, default: { variant: 'on' }, ...more });
const split = (key: string, more = {}) => ({ ...ON, key, enabled: true, default: HALVES, ...more });
const timed = (key: string) => ({
  ...fixed(key),
  rules: [
    {
      id: 'later',
      conditions: [{ attribute: '$now', operator: 'after', values: ['2020-01-01T00:00:00Z'] }],
      serve: { variant: 'off' },
    },
  ],
});

function rulesetOf(...flags: readonly object[]): Ruleset {
  const changes = flags.map((flag) => ({
    kind: 'flag' as const,
    key: (flag as FlagConfiguration).key,
    json: JSON.stringify(flag),
  }));
  const patched = patch(emptyRuleset(), changes);
  if (!patched.ok) throw new Error(JSON.stringify(patched.problems));
  return patched.value;
}

const moment = () => ({ now: Date.parse('2026-11-22T00:00:00Z'), random: '0.5' });
const items = new Items(sha256);
const ask = (list: BulkList, targetingKey: string) => list.answer({ targetingKey }, moment, new Tally());

describe('a bulk answer', () => {
  it.each([
    ['no flag', []],
    ['one that answers everybody alike', [fixed('a')]],
    ['one that does not', [split('a')]],
    ['both sorts, the first and last alike', [fixed('a'), split('b'), fixed('c'), fixed('d')]],
    ['both sorts, the first and last not', [split('a'), fixed('b'), split('c'), split('d')]],
    ['values of more bytes than characters', [fixed('a', { type: 'string', variants: { on: 'Grüße 🚩', off: '' } })]],
  ])('is JSON of as many bytes as it says, in the order of keys, with %s', (_, flags) => {
    const { body, bytes } = ask(new BulkList(rulesetOf(...flags), items, 'server'), 'u');
    expect(JSON.parse(body).flags.map(({ key }: { key: string }) => key)).toEqual(flags.map(({ key }) => key));
    expect(bytes).toBe(Buffer.byteLength(body));
  });

  it('leaves out for a client key what is not visible to clients', () => {
    const ruleset = rulesetOf(fixed('a', { clientVisible: false }), split('b', { clientVisible: false }), split('c'));
    expect(JSON.parse(ask(new BulkList(ruleset, items, 'client'), 'u').body).flags).toMatchObject([{ key: 'c' }]);
    expect(JSON.parse(ask(new BulkList(ruleset, items, 'server'), 'u').body).flags).toHaveLength(3);
  });

  it('has the same tag exactly when it is the same answer, whichever process gives it', () => {
    const flags = [fixed('a'), split('b'), split('c'), split('d')];
    const here = new BulkList(rulesetOf(...flags), items, 'client');
    const there = new BulkList(rulesetOf(...[...flags].reverse()), new Items(sha256), 'client');
    const tags = new Map<string, string>();
    for (let user = 0; user < 200; user++) {
      const { body, tag } = ask(here, `user-${user}`);
      expect(ask(there, `user-${user}`)).toMatchObject({ body, tag });
      expect(tags.get(body) ?? tag).toBe(tag);
      tags.set(body, tag);
    }
    expect(tags.size).toBe(8);
    expect(new Set(tags.values()).size).toBe(8);
  });

  it('counts every flag once', () => {
    const list = new BulkList(rulesetOf(fixed('a'), split('b'), fixed('c')), items, 'client');
    const tally = new Tally();
    const rows: [string, number][] = [];
    const counter = {
      record: (flag: string, _outcome: unknown, _revision: number, times = 1) => void rows.push([flag, times]),
    };
    for (let i = 0; i < 3; i++) list.answer({ targetingKey: 'u' }, moment, tally);
    tally.fold(counter as never, 1, new Map());
    expect(rows.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 3],
    ]);
    tally.fold(counter as never, 1, new Map());
    expect(rows).toHaveLength(3);
  });

  it('lasts unless a rule asked for the time', () => {
    expect(ask(new BulkList(rulesetOf(fixed('a'), split('b')), items, 'client'), 'u').lasting).toBe(true);
    const { body, lasting } = ask(new BulkList(rulesetOf(fixed('a'), timed('b')), items, 'client'), 'u');
    expect([lasting, JSON.parse(body).flags[1].variant]).toEqual([false, 'off']);
  });
});
