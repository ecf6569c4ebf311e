import { describe, expect, it } from 'vitest';
import type { Ruleset } from '../rulesets/content.ts';
import { explain } from './explain.ts';
import type { EntityChange, FlagConfiguration, Segment } from '../model.ts';
import { murmur3 } from '../buckets/murmur3.ts';
import { prepare } from '../rulesets/ruleset.ts';

const entity = (kind: 'flag' | 'segment', document: FlagConfiguration | Segment): EntityChange => ({
  kind,
  key: document.key,
  json: JSON.stringify(document),
});

const BASE = {
  type: 'string',
  enabled: true,
  variants: { on: 'ON', off: 'OFF' },
  offVariant: 'off',
} as const;

const CHECKOUT: FlagConfiguration = {
  ...BASE,
  key: 'checkout',
  prerequisites: [{ flag: 'payments', variants: ['on'] }],
  targets: [{ variant: 'off', keys: ['eve'] }],
  rules: [
    {
      id: 'adults',
      conditions: [
        { attribute: 'plan', operator: 'in', values: ['pro'] },
        { attribute: 'age', operator: 'greaterOrEqual', values: [18] },
      ],
      serve: { variant: 'on' },
    },
    {
      id: 'beta',
      conditions: [
        { group: 'any', conditions: [{ segment: 'staff' }, { segment: 'gone', negate: true }] },
        { bucket: { algorithm: 'murmur3/1', salt: 'layer' }, of: 100, from: 0, to: 100 },
      ],
      serve: {
        rollout: {
          variants: [
            { variant: 'on', weight: 50 },
            { variant: 'off', weight: 50 },
          ],
          bucketing: { algorithm: 'murmur3/1' },
        },
      },
    },
  ],
  default: { variant: 'off' },
};

const ENTITIES = [
  entity('flag', CHECKOUT),
  entity('flag', { ...BASE, key: 'payments', default: { variant: 'on' } }),
  entity('flag', { ...BASE, key: 'stopped', enabled: false, default: { variant: 'on' } }),
  entity('segment', {
    key: 'staff',
    excluded: ['mallory'],
    conditions: [{ attribute: 'email', operator: 'endsWith', values: ['@example.com'] }],
  }),
];

const checked = prepare(ENTITIES);
const ruleset = (checked.ok ? checked.value : null) as Ruleset;

const bucketOf = (text: string) => Math.floor((murmur3(text) * 100) / 2 ** 32);

describe('a trace', () => {
  it('says which condition failed on which value, and which bucket out of which', () => {
    const { evaluation, steps } = explain(ruleset, 'checkout', {
      targetingKey: 'ada',
      plan: 'pro',
      age: 17,
      email: 'a@b',
    });
    expect(evaluation).toMatchObject({ reason: 'SPLIT', rule: 'beta' });
    expect(steps).toEqual([
      { step: 'flag', flag: 'checkout', found: true, enabled: true },
      {
        step: 'prerequisite',
        path: '$.prerequisites[0]',
        flag: 'payments',
        variants: ['on'],
        served: 'on',
        held: true,
        leadsBack: false,
        steps: [
          { step: 'flag', flag: 'payments', found: true, enabled: true },
          { step: 'default', path: '$.default', variant: 'on' },
        ],
      },
      { step: 'targets', targetingKey: 'ada', variant: null },
      {
        step: 'rule',
        path: '$.rules[0]',
        rule: 'adults',
        held: false,
        variant: null,
        conditions: [
          attribute('$.rules[0].conditions[0]', 'plan', 'in', 'pro', true),
          attribute('$.rules[0].conditions[1]', 'age', 'greaterOrEqual', 17, false),
        ],
      },
      {
        step: 'rule',
        path: '$.rules[1]',
        rule: 'beta',
        held: true,
        variant: evaluation.variant,
        conditions: [
          {
            condition: 'group',
            path: '$.rules[1].conditions[0]',
            group: 'any',
            held: true,
            conditions: [
              {
                condition: 'segment',
                path: '$.rules[1].conditions[0].conditions[0]',
                segment: 'staff',
                negate: false,
                because: 'conditions',
                conditions: [attribute('$.conditions[0]', 'email', 'endsWith', 'a@b', false)],
                held: false,
              },
              {
                condition: 'segment',
                path: '$.rules[1].conditions[0].conditions[1]',
                segment: 'gone',
                negate: true,
                because: 'unknown-segment',
                conditions: [],
                held: true,
              },
            ],
          },
          {
            condition: 'bucket',
            path: '$.rules[1].conditions[1]',
            negate: false,
            bucket: {
              algorithm: 'murmur3/1',
              salt: 'layer',
              attribute: 'targetingKey',
              value: 'ada',
              bucket: bucketOf('layerada'),
              of: 100,
            },
            from: 0,
            to: 100,
            held: true,
          },
        ],
        rollout: {
          algorithm: 'murmur3/1',
          salt: 'checkout',
          attribute: 'targetingKey',
          value: 'ada',
          bucket: bucketOf('checkoutada'),
          of: 100,
        },
      },
    ]);
  });

  it('ends where the evaluation ends', () => {
    expect(explain(ruleset, 'stopped', {})).toEqual({
      evaluation: { value: 'OFF', variant: 'off', reason: 'DISABLED' },
      steps: [{ step: 'flag', flag: 'stopped', found: true, enabled: false }],
    });
    expect(explain(ruleset, 'nowhere', {}).steps).toEqual([
      { step: 'flag', flag: 'nowhere', found: false, enabled: false },
    ]);
    const eve = explain(ruleset, 'checkout', { targetingKey: 'eve' });
    expect(eve.steps.at(-1)).toEqual({ step: 'targets', targetingKey: 'eve', variant: 'off' });
    expect(eve.evaluation.reason).toBe('TARGETING_MATCH');
  });

  it('says why a segment contains somebody or not', () => {
    const because = (targetingKey: string) =>
      JSON.stringify(explain(ruleset, 'checkout', { targetingKey }).steps.at(-1)).match(/"because":"([a-z-]+)"/)?.[1];
    expect(because('mallory')).toBe('excluded');
    expect(because('ada')).toBe('conditions');
  });

  it('cannot be used to change the ruleset', () => {
    const step = explain(ruleset, 'checkout', {}).steps[1] as unknown as { variants: string[] };
    expect(() => step.variants.push('x')).toThrow(TypeError);
  });

  it('shows long values briefly, and never throws for a context that cannot be read', () => {
    const long = 'x'.repeat(100_000);
    const list = Array.from({ length: 100 }, () => ({ deep: long }));
    const steps = JSON.stringify(explain(ruleset, 'checkout', { targetingKey: long, plan: long, age: list }).steps);
    expect(steps.length).toBeLessThan(5_000);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(explain(ruleset, 'checkout', proxy)).toMatchObject({
      evaluation: { errorCode: 'INVALID_CONTEXT' },
      steps: [],
    });
  });

  it('leaves out values that are missing, and says that nothing could be bucketed', () => {
    const trace = JSON.stringify(explain(ruleset, 'checkout', {}).steps);
    expect(trace).toContain('"attribute":"plan","operator":"in","negate":false,"held":false');
    expect(trace).toContain('"attribute":null,"value":null,"bucket":null,"of":100');
  });
});

function attribute(path: string, name: string, operator: string, value: unknown, held: boolean) {
  return { condition: 'attribute', path, attribute: name, operator, negate: false, value, held };
}
