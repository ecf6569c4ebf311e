import {
  type Condition,
  emptyRuleset,
  type EvaluationContext,
  explain,
  patch,
  type Segment,
} from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import { explanationText } from './explanation-text.ts';

const MOMENT = { now: Date.parse('2026-11-22T00:00:00Z'), random: 'r' };

const flagWith = (conditions: readonly Condition[]) => ({
  key: 'checkout',
  type: 'boolean',
  enabled: true,
  variants: { on: true, off: false },
  offVariant: 'off',
  rules: [{ id: 'r', conditions, serve: { variant: 'on' } }],
  default: { variant: 'off' },
});

const entity = (kind: 'flag' | 'segment', document: { readonly key: string }) => ({
  kind,
  key: document.key,
  json: JSON.stringify(document),
});

interface Case {
  readonly conditions: readonly Condition[];
  readonly segments?: readonly Segment[];
  readonly context?: EvaluationContext;
  /** What stands in the flag when the trace is shown. */
  readonly now?: readonly Condition[];
}

/** The lines below the rule. */
function conditionLines({ conditions, segments = [], context = {}, now = conditions }: Case): readonly string[] {
  const entities = [entity('flag', flagWith(conditions)), ...segments.map((segment) => entity('segment', segment))];
  const ruleset = patch(emptyRuleset(), entities);
  if (!ruleset.ok) throw new Error(ruleset.problems[0]?.message);
  const { steps } = explain(ruleset.value, 'checkout', context, MOMENT);
  const owners = new Map<string, unknown>([
    ['flag checkout', flagWith(now)],
    ...segments.map((segment) => [`segment ${segment.key}`, segment] as const),
  ]);
  return explanationText('checkout', steps, owners)
    .split('\n')
    .filter((line) => line.startsWith('    '));
}

const plan: Condition = { attribute: 'plan', operator: 'in', values: ['pro'] };

describe('a condition whose configuration is known', () => {
  it('is shown in columns: with what it compares, what the context has, and whether it holds', () => {
    const shown = conditionLines({
      conditions: [
        { attribute: 'mail', operator: 'endsWith', values: ['@example.org'], ignoreCase: true },
        { group: 'any', conditions: [{ segment: 'staff' }, { segment: 'beta' }] },
        { segment: 'beta', negate: true },
      ],
      segments: [
        { key: 'staff', included: ['bob'] },
        {
          key: 'beta',
          conditions: [
            { bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 100 },
            { group: 'all', conditions: [plan] },
          ],
        },
      ],
      context: { targetingKey: 'ann', mail: 'ann@EXAMPLE.org', plan: 'pro' },
    });
    expect(shown.map((line) => line.replace(/bucket \d+$|bucket \d+(?= {2})/, 'bucket N'))).toEqual([
      '    mail endsWith "@example.org" (in any case)     mail is "ann@EXAMPLE.org"            holds',
      '    any of 2 conditions                                                                 holds',
      '      in segment staff                             the targeting key is not included    does not hold',
      '      in segment beta                              its conditions decide                holds',
      '        in buckets 0 to 99 of 100 by targetingKey  targetingKey is "ann", in bucket N  holds',
      '        all of 1 condition                                                              holds',
      '          plan in "pro"                            plan is "pro"                        holds',
      '    not in segment beta                            its conditions decide, see above     does not hold',
    ]);
  });

  it.each<[string, Case, string]>([
    [
      'the first three of many values',
      {
        conditions: [{ attribute: 'id', operator: 'in', values: Array.from({ length: 100 }, (_, index) => index) }],
        context: { id: 7 },
      },
      'id in 0, 1, 2 and 97 more  id is 7  holds',
    ],
    [
      'that an attribute is missing',
      { conditions: [{ ...plan, negate: true }] },
      'plan not in "pro"  plan is missing  holds',
    ],
    [
      'that there is no bucket',
      { conditions: [{ bucket: { algorithm: 'murmur3/1' }, of: 10, from: 3, to: 4 }] },
      'in bucket 3 of 10 by targetingKey  no bucket: no attribute has a value to deal by  does not hold',
    ],
    [
      'moments as dates',
      { conditions: [{ attribute: '$now', operator: 'after', values: [1_767_225_600_000] }] },
      '$now after 2026-01-01T00:00:00.000Z  $now is 2026-11-22T00:00:00.000Z  holds',
    ],
    [
      'dates beside numbers that are moments',
      {
        conditions: [{ attribute: 'born', operator: 'before', values: ['2000-01-01T00:00:00Z'] }],
        context: { born: 0 },
      },
      'born before "2000-01-01T00:00:00Z"  born is 0 (1970-01-01T00:00:00.000Z)  holds',
    ],
    [
      'numbers that no date can be',
      { conditions: [{ attribute: 'born', operator: 'before', values: [1e300] }], context: { born: -1e300 } },
      'born before 1e+300  born is -1e+300  holds',
    ],
  ])('tells %s', (_, condition, line) => {
    expect(conditionLines(condition)).toEqual([`    ${line}`]);
  });

  it('has lines of its own when it is too long for a column', () => {
    const shown = conditionLines({
      conditions: [
        { attribute: 'agent', operator: 'contains', values: ['a'.repeat(300), 'b', 'c'] },
        { attribute: 'agent', operator: 'startsWith', values: ['d'] },
        { attribute: 'plan', operator: 'in', values: ['pro', 'e'.repeat(40)] },
        plan,
      ],
      context: { agent: `d${'a'.repeat(300)}`, plan: 'pro' },
    });
    expect(shown).toEqual([
      `    agent contains "${'a'.repeat(32)}…, "b", "c"`,
      `      agent is "d${'a'.repeat(98)}…: holds`,
      '    agent startsWith "d"',
      `      agent is "d${'a'.repeat(98)}…: holds`,
      `    plan in "pro", "${'e'.repeat(40)}"`,
      '      plan is "pro": holds',
      '    plan in "pro"  plan is "pro"  holds',
    ]);
  });

  it.each<[string, Condition, Condition | undefined]>([
    ['of another attribute', plan, { ...plan, attribute: 'tier' }],
    ['of another operator', plan, { ...plan, operator: 'contains' }],
    ['negated', plan, { ...plan, negate: true }],
    ['of another kind', plan, { segment: 'staff' }],
    ['gone', plan, undefined],
    ['of another segment', { segment: 'staff' }, { segment: 'beta' }],
    [
      'of other buckets',
      { bucket: { algorithm: 'murmur3/1' }, of: 10, from: 0, to: 5 },
      { bucket: { algorithm: 'murmur3/1' }, of: 10, from: 0, to: 6 },
    ],
    ['of another group', { group: 'any', conditions: [plan] }, { group: 'none', conditions: [plan] }],
  ])('is named by its path when the one at its place is now %s', (_, before, after) => {
    const [line] = conditionLines({ conditions: [before], now: after === undefined ? [] : [after] });
    expect(line).toMatch(/^ {4}(yes|no): .*\(\$\.rules\[0\]\.conditions\[0\]\)/);
  });
});
