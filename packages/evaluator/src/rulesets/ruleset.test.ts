import { describe, expect, it } from 'vitest';
import { contentOf, type Ruleset } from './content.ts';
import { evaluate } from '../evaluate.ts';
import { explain } from '../explanations/explain.ts';
import type { EntityChange } from '../model.ts';
import { describeFlag, EMPTY_RULESET, flagKeys, patch, patchTrusted, prepare } from './ruleset.ts';

function flag(key: string, value = 'A', members: object = {}): EntityChange {
  const document = {
    key,
    type: 'string',
    enabled: true,
    variants: { a: value },
    default: { variant: 'a' },
    ...members,
  };
  return { kind: 'flag', key, json: JSON.stringify(document) };
}

const gone = (key: string, kind: EntityChange['kind'] = 'flag'): EntityChange => ({ kind, key, json: null });

function must(checked: ReturnType<typeof prepare>): Ruleset {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

const valueOf = (ruleset: Ruleset, key: string) => evaluate(ruleset, key, {}).value;
const many = (count: number) => Array.from({ length: count }, (_, index) => flag(`flag-${index}`));

describe('prepare', () => {
  it('holds what it was given', () => {
    const ruleset = must(prepare([flag('a', '1'), flag('b', '2'), gone('c')]));
    expect([valueOf(ruleset, 'a'), valueOf(ruleset, 'b'), valueOf(ruleset, 'c')]).toEqual(['1', '2', undefined]);
  });

  it('leaves the empty ruleset empty', () => {
    must(prepare(many(300)));
    expect(flagKeys(EMPTY_RULESET)).toEqual([]);
    expect(contentOf(EMPTY_RULESET).flags.slots.size).toBe(0);
  });

  it('takes the last of two changes to one entity', () => {
    expect(valueOf(must(prepare([flag('a', '1'), flag('a', '2')])), 'a')).toBe('2');
    expect(valueOf(must(prepare([flag('a', '1'), gone('a')])), 'a')).toBeUndefined();
  });
});

describe('patch', () => {
  it('adds, changes and deletes flags, and leaves the old ruleset as it was', () => {
    const old = must(prepare([...many(1_000), flag('a', '1'), flag('b', '1')]));
    const next = must(patch(old, [flag('a', '2'), gone('b'), flag('c', '2')]));
    expect(['a', 'b', 'c'].map((key) => valueOf(old, key))).toEqual(['1', '1', undefined]);
    expect(['a', 'b', 'c'].map((key) => valueOf(next, key))).toEqual(['2', undefined, '2']);
    expect(valueOf(next, 'flag-999')).toBe('A');
  });

  it('makes branches that do not see each other', () => {
    const old = must(prepare(many(1_000)));
    const left = must(patch(old, [flag('new', 'left'), flag('only-left')]));
    const right = must(patch(old, [flag('new', 'right')]));
    expect([old, left, right].map((ruleset) => valueOf(ruleset, 'new'))).toEqual([undefined, 'left', 'right']);
    expect([old, left, right].map((ruleset) => valueOf(ruleset, 'only-left'))).toEqual([undefined, 'A', undefined]);
    expect([old, left, right].map((ruleset) => flagKeys(ruleset).length)).toEqual([1_000, 1_002, 1_001]);
  });

  it('brings a deleted flag back', () => {
    const old = must(prepare([...many(100), flag('a', '1')]));
    const without = must(patch(old, [gone('a')]));
    expect(valueOf(must(patch(without, [flag('a', '2')])), 'a')).toBe('2');
  });

  it('takes the deletion of what does not exist for no change', () => {
    const old = must(prepare(many(100)));
    expect(flagKeys(must(patch(old, [gone('x'), gone('y', 'segment')])))).toBe(flagKeys(old));
  });

  it('shares all but one page of 10,000 flags with the old ruleset', () => {
    const old = must(prepare(many(10_000)));
    const next = must(patch(old, [flag('flag-5000', 'B')]));
    const before = contentOf(old).flags;
    const after = contentOf(next).flags;
    expect(after.slots).toBe(before.slots);
    expect(after.pages.length).toBe(79);
    expect(after.pages.filter((page, index) => page !== before.pages[index])).toHaveLength(1);
  });

  it('does not keep the slots of deleted flags for ever', () => {
    let ruleset = must(prepare(many(1_000)));
    for (let round = 0; round < 10_000; round++) {
      ruleset = must(patch(ruleset, [flag(`round-${round}`), gone(`round-${round - 1}`)]));
    }
    expect(contentOf(ruleset).flags.slots.size).toBeLessThan(4_000);
    expect(flagKeys(ruleset)).toHaveLength(1_001);
    expect(valueOf(ruleset, 'round-9999')).toBe('A');
  });
});

describe('a refused patch', () => {
  const old = must(prepare([flag('a', '1')]));
  const noDefault = JSON.stringify({ key: 'a', type: 'string', enabled: true, variants: { a: '' } });

  it.each<[string, EntityChange, string]>([
    ['broken JSON', { kind: 'flag', key: 'a', json: '{' }, 'flag/a: $ not_json'],
    ['an empty text', { kind: 'flag', key: 'a', json: '' }, 'flag/a: $ not_json'],
    ['a bad flag', { kind: 'flag', key: 'a', json: noDefault }, 'flag/a: $.default missing_member'],
    [
      'a bad flag deep down',
      flag('a', '2', { rules: [{ id: 'r', conditions: [{}], serve: { variant: 'a' } }] }),
      'flag/a: $.rules[0].conditions[0] bad_condition',
    ],
    ['a bad segment', { kind: 'segment', key: 's', json: '{"key":"s","x":1}' }, 'segment/s: $.x unknown_member'],
    ['another key', { ...flag('b'), key: 'a' }, 'flag/a: $.key key_mismatch'],
    ['a kind that is not evaluated', { kind: 'key' as 'flag', key: 'c', json: '{}' }, 'key/c: $ unknown_kind'],
  ])('with %s changes nothing', (_, change, expected) => {
    const checked = patch(old, [flag('a', '2'), change, flag('z', '2')]);
    expect(checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`)).toEqual([expected]);
    expect([valueOf(old, 'a'), valueOf(old, 'z')]).toEqual(['1', undefined]);
    expect(flagKeys(old)).toEqual(['a']);
  });

  it('reports at most twenty problems of all its entities together', () => {
    const changes = Array.from({ length: 50 }, (_, index) => ({ kind: 'flag' as const, key: `f${index}`, json: '{}' }));
    const checked = prepare(changes);
    expect(checked.ok ? [] : checked.problems).toHaveLength(20);
  });

  it('is refused for JSON nested a million deep, without overflowing the stack', () => {
    const json = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    const deep = `{"key":"a","type":"object","enabled":true,"variants":{"a":${json}},"default":{"variant":"a"}}`;
    const checked = prepare([{ kind: 'flag', key: 'a', json: deep }]);
    expect(checked.ok ? [] : checked.problems.map(({ code }) => code)).toEqual(['too_deep']);
  });
});

describe('describeFlag', () => {
  it('tells type and visibility, of off flags too, and nothing of unknown ones', () => {
    const ruleset = must(prepare([flag('a', '1', { clientVisible: true }), flag('b', '1', { enabled: false })]));
    expect(describeFlag(ruleset, 'a')).toEqual({ type: 'string', clientVisible: true });
    expect(describeFlag(ruleset, 'b')).toEqual({ type: 'string', clientVisible: false });
    for (const key of ['c', 'constructor', '__proto__']) expect(describeFlag(ruleset, key)).toBeUndefined();
  });
});

describe('flagKeys', () => {
  it('are in code unit order, whatever order the flags came in', () => {
    expect(flagKeys(must(prepare(['b', 'a.b', 'a-b', 'B', 'a', '9'].map((key) => flag(key)))))).toEqual([
      '9',
      'B',
      'a',
      'a-b',
      'a.b',
      'b',
    ]);
  });

  it('are one frozen array until flags are added or deleted', () => {
    const first = must(prepare(many(50)));
    const changed = must(patch(first, [flag('flag-1', 'B')]));
    expect(flagKeys(changed)).toBe(flagKeys(first));
    expect(Object.isFrozen(flagKeys(first))).toBe(true);
    const next = must(patch(changed, [flag('aa'), flag('zz'), flag('flag-11x'), gone('flag-2')]));
    const expected = [...flagKeys(first).filter((key) => key !== 'flag-2'), 'aa', 'zz', 'flag-11x'].sort();
    expect(flagKeys(next)).toEqual(expected);
    expect(flagKeys(first)).toHaveLength(50);
  });

  it('are worked out for a patch whose base was never asked', () => {
    expect(flagKeys(must(patch(must(prepare([flag('b'), flag('c')])), [flag('a')])))).toEqual(['a', 'b', 'c']);
  });
});

describe('a trusted patch', () => {
  const text = (document: unknown): EntityChange => ({ kind: 'flag', key: 'f', json: JSON.stringify(document) });
  const whole = { key: 'f', type: 'boolean', enabled: true, variants: { a: true }, default: { variant: 'a' } };
  const withCondition = (condition: unknown) =>
    text({ ...whole, rules: [{ id: 'r', conditions: [condition], serve: { variant: 'a' } }] });

  it.each([
    ['a key that is no text', text({ ...whole, key: { toString: 1 } })],
    ['another key', text({ ...whole, key: 'g' })],
    ['a text that is no object', text(null)],
    ['no text', { kind: 'flag', key: 'f' } as unknown as EntityChange],
    ['no default', text({ key: 'f', enabled: true, variants: {} })],
  ])('with %s is refused', (_, change) => {
    expect(patchTrusted(EMPTY_RULESET, [change]).ok).toBe(false);
  });

  it.each([
    ['operator', withCondition({ attribute: 'a', operator: 'constructor', values: ['1.0.0'] })],
    ['dialect', withCondition({ attribute: 'a', operator: 'in', values: ['1'], dialect: 'constructor' })],
    ['group', withCondition({ group: 'one', conditions: [{ segment: 's' }] })],
    ['algorithm', withCondition({ bucket: { algorithm: 'md5' }, of: 100, from: 0, to: 1 })],
    ['range', withCondition({ bucket: { algorithm: 'murmur3/1' }, of: 100, from: {}, to: 1 })],
    ['list of variants', text({ ...whole, prerequisites: [{ flag: 'g' }] })],
  ])('with an unknown %s answers PARSE_ERROR where it is asked', (_, change) => {
    const ruleset = must(patchTrusted(EMPTY_RULESET, [change]));
    expect(evaluate(ruleset, 'f', {})).toMatchObject({ reason: 'ERROR', errorCode: 'PARSE_ERROR' });
    expect(explain(ruleset, 'f', {}).evaluation.errorCode).toBe('PARSE_ERROR');
  });
});
