import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../rulesets/content.ts';
import { evaluate } from '../evaluate.ts';
import { LIMITS } from '../limits.ts';
import type { Condition, EntityChange, EvaluationContext, FlagConfiguration, Segment } from '../model.ts';
import { patch, prepare } from '../rulesets/ruleset.ts';

const flag: FlagConfiguration = {
  key: 'probe',
  type: 'boolean',
  enabled: true,
  variants: { in: true, out: false },
  rules: [
    { id: 'asked', conditions: [{ attribute: 'asked', operator: 'exists', values: [] }], serve: { variant: 'in' } },
  ],
  default: { variant: 'out' },
};

function entity(segment: Segment): EntityChange {
  return { kind: 'segment', key: segment.key, json: JSON.stringify(segment) };
}

function asking(segment: string): EntityChange {
  const rules = [{ id: 'asked', conditions: [{ segment }], serve: { variant: 'in' } }];
  return { kind: 'flag', key: 'probe', json: JSON.stringify({ ...flag, rules }) };
}

function build(...segments: readonly Segment[]): Ruleset {
  const checked = prepare(segments.map(entity));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** Whether the context is in the segment, asked through a flag. */
function contains(ruleset: Ruleset, segment: string, context: EvaluationContext): boolean {
  const checked = patch(ruleset, [asking(segment)]);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return evaluate(checked.value, 'probe', context).value === true;
}

const pro: Condition = { attribute: 'plan', operator: 'in', values: ['pro'] };
const ada = { targetingKey: 'ada', plan: 'pro' };
const bob = { targetingKey: 'bob', plan: 'free' };

describe('a segment', () => {
  const key = 's';

  it.each<[string, Segment, EvaluationContext, boolean]>([
    ['contains its included keys', { key, included: ['bob'] }, bob, true],
    ['contains no other key without conditions', { key, included: ['ada'] }, bob, false],
    ['contains nobody when it says nothing', { key }, ada, false],
    ['contains nobody with an empty list of conditions', { key, conditions: [] }, ada, false],
    ['contains whom its conditions hold for', { key, conditions: [pro] }, ada, true],
    ['contains nobody its conditions do not hold for', { key, conditions: [pro] }, bob, false],
    ['asks for all of its conditions', { key, conditions: [pro, { ...pro, negate: true }] }, ada, false],
    ['lets excluded keys out', { key, excluded: ['ada'], conditions: [pro] }, ada, false],
    ['includes before it excludes', { key, included: ['ada'], excluded: ['ada'] }, ada, true],
    ['compares keys exactly', { key, included: ['Ada', ' ada'] }, ada, false],
    ['takes no number for a key', { key, included: ['5'] }, { targetingKey: 5 as unknown as string }, false],
    [
      'asks its conditions of a context without key',
      { key, excluded: ['ada'], conditions: [pro] },
      { plan: 'pro' },
      true,
    ],
  ])('%s', (_, segment, context, expected) => {
    expect(contains(build(segment), key, context)).toBe(expected);
  });

  it('finds a key among 100,000', () => {
    const ruleset = build({ key, included: Array.from({ length: 100_000 }, (_, index) => `user-${index}`) });
    expect(contains(ruleset, key, { targetingKey: 'user-99999' })).toBe(true);
    expect(contains(ruleset, key, { targetingKey: 'user-100000' })).toBe(false);
  });
});

describe('segments in segments', () => {
  it('are asked at any depth of groups, and may be negated', () => {
    const ruleset = build(
      { key: 'staff', included: ['ada'] },
      { key: 'testers', conditions: [{ group: 'any', conditions: [{ segment: 'staff' }, pro] }] },
      { key: 'others', conditions: [{ segment: 'testers', negate: true }] },
    );
    expect([ada, bob].map((context) => contains(ruleset, 'testers', context))).toEqual([true, false]);
    expect([ada, bob].map((context) => contains(ruleset, 'others', context))).toEqual([false, true]);
  });

  it('take effect when they are added, changed and deleted later', () => {
    const outer = entity({ key: 'outer', conditions: [{ segment: 'inner' }] });
    const steps: readonly [EntityChange, boolean][] = [
      [outer, false],
      [entity({ key: 'inner', included: ['ada'] }), true],
      [entity({ key: 'inner', included: ['bob'] }), false],
      [entity({ key: 'inner', conditions: [pro] }), true],
      [{ kind: 'segment', key: 'inner', json: null }, false],
    ];
    let ruleset = build();
    for (const [change, expected] of steps) {
      const checked = patch(ruleset, [change]);
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      ruleset = checked.value;
      expect(contains(ruleset, 'outer', ada)).toBe(expected);
    }
  });
});

describe('a reference that leads back', () => {
  it('contains nobody: a segment that names itself', () => {
    const ruleset = build(
      { key: 'self', included: ['ada'], conditions: [{ segment: 'self' }] },
      { key: 'not-self', conditions: [{ segment: 'not-self', negate: true }] },
    );
    expect([ada, bob].map((context) => contains(ruleset, 'self', context))).toEqual([true, false]);
    expect(contains(ruleset, 'not-self', ada)).toBe(true);
  });

  it('contains nobody from wherever the circle is entered, and leaves the rest of each segment as it is', () => {
    const circle = (key: string, next: string, included: string): Segment => ({
      key,
      included: [included],
      conditions: [
        { group: 'any', conditions: [{ segment: next }, { attribute: 'plan', operator: 'in', values: [key] }] },
      ],
    });
    const ruleset = build(circle('x', 'y', 'in-x'), circle('y', 'z', 'in-y'), circle('z', 'x', 'in-z'), {
      key: 'outside',
      conditions: [{ segment: 'y' }],
    });
    for (const key of ['x', 'y', 'z']) {
      for (const other of ['x', 'y', 'z']) {
        expect(contains(ruleset, key, { targetingKey: `in-${other}` })).toBe(key === other);
        expect(contains(ruleset, key, { plan: other })).toBe(key === other);
      }
    }
    expect(contains(ruleset, 'outside', { targetingKey: 'in-y' })).toBe(true);
    expect(contains(ruleset, 'outside', { targetingKey: 'in-z' })).toBe(false);
  });

  it('counts again once a patch has opened the circle', () => {
    const ruleset = build(
      { key: 'x', conditions: [{ segment: 'y' }] },
      { key: 'y', included: ['ada'], conditions: [{ segment: 'x' }] },
    );
    expect(contains(ruleset, 'x', ada)).toBe(false);
    const opened = patch(ruleset, [entity({ key: 'y', included: ['ada'] })]);
    expect(opened.ok && contains(opened.value, 'x', ada)).toBe(true);
    expect(contains(ruleset, 'x', ada)).toBe(false);
  });
});

describe('long and wide references', () => {
  const chain = (length: number): Segment[] =>
    Array.from({ length }, (_, index) =>
      index === 0 ? { key: 's0', included: ['ada'] } : { key: `s${index}`, conditions: [{ segment: `s${index - 1}` }] },
    );

  it('hold for a chain as long as the limit and contain nobody beyond it', () => {
    const ruleset = build(...chain(LIMITS.segmentDepth + 1));
    expect(contains(ruleset, `s${LIMITS.segmentDepth - 1}`, ada)).toBe(true);
    expect(contains(ruleset, `s${LIMITS.segmentDepth}`, ada)).toBe(false);
  });

  it('neither overflow the stack nor take long in a chain or circle of 20,000', () => {
    const links = chain(20_000);
    expect(contains(build(...links), 's19999', ada)).toBe(false);
    const closed = build(...links, { key: 's0', conditions: [{ segment: 's19999' }] });
    expect(contains(closed, 's19999', ada)).toBe(false);
  });

  it('are decided once each, not once for every way that leads to them', () => {
    const wide = Array.from({ length: LIMITS.segmentDepth }, (_, index): Segment => {
      if (index === 0) return { key: 's0', conditions: [pro] };
      const conditions = Array.from({ length: 100 }, () => ({ segment: `s${index - 1}` }));
      return { key: `s${index}`, conditions: [{ group: 'none', conditions: [{ group: 'any', conditions }] }] };
    });
    // 100^15 ways lead down: an evaluation that walked them would never come back.
    const top = `s${LIMITS.segmentDepth - 1}`;
    expect([ada, bob].map((context) => contains(build(...wide), top, context))).toEqual([false, true]);
  });
});
