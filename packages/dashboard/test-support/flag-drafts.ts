/** Configurations and edits for property tests, from small pools of names, so that edits meet. */
import type { Condition, Rollout, Rule, Serve } from '@flaghoist/evaluator';
import * as fc from 'fast-check';
import type { Action } from '../src/modules/flag/draft/actions.ts';
import type { Configuration } from '../src/modules/flag/draft/configuration.ts';

const VARIANTS = ['a', 'b', 'c'];
const KEYS = ['ada', 'bob', 'eve', 'zoe', 'kim'];
const RULES = ['r1', 'r2', 'r3', 'r4'];

const variant = fc.constantFrom(...VARIANTS);
const ruleId = fc.constantFrom(...RULES);
const number = fc.nat(3);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    attribute: fc.constantFrom('plan', 'country'),
    operator: fc.constant('in' as const),
    values: fc.array(number, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ segment: fc.constantFrom('s1', 's2') }),
  fc.record({
    group: fc.constantFrom('all' as const, 'any' as const),
    conditions: fc.array(fc.record({ segment: fc.constantFrom('s1', 's2') }), { minLength: 1, maxLength: 2 }),
  }),
);

export const anyRollout: fc.Arbitrary<Rollout> = fc
  .tuple(
    fc
      .shuffledSubarray(VARIANTS, { minLength: 1 })
      .chain((names) => fc.tuple(...names.map((name) => fc.nat(1000).map((weight) => ({ variant: name, weight }))))),
    fc.constantFrom('murmur3/1' as const, 'murmur3-unleash' as const),
  )
  .map(([variants, algorithm]) => ({ variants: variants as Rollout['variants'], bucketing: { algorithm } }));

export const anyServe: fc.Arbitrary<Serve> = fc.oneof(fc.record({ variant }), fc.record({ rollout: anyRollout }));

const rule = (id: string): fc.Arbitrary<Rule> =>
  fc.record({ id: fc.constant(id), conditions: fc.array(condition, { minLength: 1, maxLength: 2 }), serve: anyServe });

const targets = fc
  .array(fc.constantFrom('a', 'b', ''), { minLength: KEYS.length, maxLength: KEYS.length })
  .map((places) =>
    ['a', 'b'].flatMap((name) => {
      const keys = KEYS.filter((_, index) => places[index] === name);
      return keys.length === 0 ? [] : [{ variant: name, keys }];
    }),
  );

export const anyConfiguration: fc.Arbitrary<Configuration> = fc.record({
  enabled: fc.boolean(),
  variants: fc.record({ a: number, b: number, c: number }),
  offVariant: fc.option(variant),
  clientVisible: fc.boolean(),
  prerequisites: fc
    .subarray(['f1', 'f2', 'f3'])
    .chain((flags) =>
      fc.tuple(...flags.map((flag) => fc.subarray(VARIANTS, { minLength: 1 }).map((variants) => ({ flag, variants })))),
    ),
  targets,
  rules: fc.shuffledSubarray(RULES.slice(0, 3)).chain((ids) => fc.tuple(...ids.map(rule))),
  default: anyServe,
}) as fc.Arbitrary<Configuration>;

const keys = fc.subarray(KEYS, { minLength: 1, maxLength: 2 });
const place = fc.record({ rule: ruleId, at: fc.tuple(fc.nat(1)) });
const flag = fc.constantFrom('f1', 'f2', 'f3');
const serving = fc.oneof(
  fc.constant({ in: 'default' as const }),
  ruleId.map((rule) => ({ in: 'rule' as const, rule })),
);

export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('enable' as const), enabled: fc.boolean() }),
  fc.record({ do: fc.constant('set value' as const), variant, value: number }),
  fc.record({ do: fc.constant('set off variant' as const), variant: fc.option(variant) }),
  fc.record({ do: fc.constant('set client visible' as const), visible: fc.boolean() }),
  fc.record({ do: fc.constant('add keys' as const), variant, keys }),
  fc.record({ do: fc.constant('remove keys' as const), keys }),
  ruleId.chain((id) => fc.record({ do: fc.constant('add rule' as const), rule: rule(id), at: fc.nat(3) })),
  fc.record({ do: fc.constant('duplicate rule' as const), rule: ruleId, id: ruleId }),
  fc.record({ do: fc.constant('remove rule' as const), rule: ruleId }),
  fc.record({ do: fc.constant('move rule' as const), rule: ruleId, to: fc.nat(3) }),
  fc.record({ do: fc.constant('rename rule' as const), rule: ruleId, id: ruleId }),
  fc.record({ do: fc.constant('describe rule' as const), rule: ruleId, description: fc.constantFrom('', 'x', 'y') }),
  fc.record({ do: fc.constant('add condition' as const), rule: ruleId, into: fc.constant([]), condition }),
  fc.record({ do: fc.constant('set condition' as const), place, condition }),
  fc.record({ do: fc.constant('remove condition' as const), place }),
  fc.record({ do: fc.constant('serve' as const), serving, serve: anyServe }),
  fc.record({ do: fc.constant('add prerequisite' as const), flag, variants: fc.subarray(VARIANTS, { minLength: 1 }) }),
  fc.record({ do: fc.constant('remove prerequisite' as const), flag }),
);
