/**
 * Whole rulesets, contexts and moments for property tests: every operator, dialect and algorithm, from small pools of
 * names and values, so that conditions hold, segments and prerequisites meet and circles close.
 */
import * as fc from 'fast-check';
import type {
  Bucketing,
  BucketingAlgorithm,
  Condition,
  EntityChange,
  EvaluationContext,
  FlagConfiguration,
  JsonValue,
  Moment,
  Rollout,
  Rule,
  Segment,
  Serve,
} from '../src/model.ts';
import { ATTRIBUTE_PATHS, attributeCondition, attributeValue } from './arbitrary-conditions.ts';
import { chunkKeys } from './chunked-keys.ts';
import { placeOf } from './reference-buckets.ts';
import type { ReferenceRuleset } from './reference-evaluator.ts';

export const FLAG_KEYS = ['f1', 'f2', 'f3', 'f4', 'constructor'] as const;
const SEGMENT_KEYS = ['s1', 's2', 's3', 's4', 'toString'] as const;
export const TARGETING_KEYS = ['ada', 'bob', 'eve', 'Zoë', '😀', '7'] as const;
const VARIANTS = ['a', 'b', 'c'];

/** The only precisions that these algorithms have. */
const FIXED_PRECISION: { readonly [algorithm in BucketingAlgorithm]?: number } = {
  'sha1-launchdarkly': 100_000,
  'fnv-growthbook/1': 1_000,
  'fnv-growthbook/2': 10_000,
};

const segmentKey = fc.constantFrom(...SEGMENT_KEYS, 'missing');
const variant = fc.constantFrom(...VARIANTS);
const path = fc.constantFrom(...ATTRIBUTE_PATHS);
const negate = fc.boolean();

const algorithm = fc.constantFrom<BucketingAlgorithm>(
  'murmur3/1',
  'sha1-launchdarkly',
  'murmur3-unleash',
  'fnv-growthbook/1',
  'fnv-growthbook/2',
);

const bucketing = algorithm.chain((name) =>
  fc.record(
    {
      algorithm: fc.constant(name),
      salt: fc.constantFrom('', 's', 'größe'),
      attribute: path,
      fallback: fc.array(path, { maxLength: 3 }),
      ...(name === 'murmur3-unleash' ? { seed: fc.constantFrom(0, 86_028_157, 4_294_967_295) } : {}),
    },
    { requiredKeys: ['algorithm'] },
  ),
);

const precisionOf = (name: BucketingAlgorithm): fc.Arbitrary<number> => {
  const fixed = FIXED_PRECISION[name];
  return fixed === undefined ? fc.constantFrom(1, 2, 7, 100, 10_000, 2_147_483_647) : fc.constant(fixed);
};

const bucketCondition: fc.Arbitrary<Condition> = bucketing.chain((bucket) =>
  precisionOf(bucket.algorithm).chain((of) =>
    fc.tuple(fc.nat(of - 1), fc.nat(of - 1), negate).map(([one, other, negated]) => ({
      bucket,
      of,
      from: Math.min(one, other),
      to: Math.max(one, other) + 1,
      negate: negated,
    })),
  ),
);

const segmentCondition = fc.record({ segment: segmentKey, negate }, { requiredKeys: ['segment'] });

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: attributeCondition },
    { weight: 1, arbitrary: bucketCondition },
    { weight: 2, arbitrary: segmentCondition },
    {
      weight: 2,
      arbitrary: fc.record({
        group: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
        conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
      }),
    },
  ),
}));

/** Weights that add up to `total`: cuts of it, in order, some of them right beside somebody's bucket. */
function weights(contract: Bucketing, total: number): fc.Arbitrary<Rollout['variants']> {
  const beside = fc.tuple(fc.constantFrom(...TARGETING_KEYS), fc.nat(1)).map(([value, more]) => {
    const place = placeOf(contract, 's', value, total);
    return ('part' in place ? Math.floor(place.part * total) : place.bucket) + more;
  });
  return fc.shuffledSubarray([...VARIANTS], { minLength: 1 }).chain((names) => {
    const size = names.length - 1;
    return fc.array(fc.oneof(fc.nat(total), beside), { minLength: size, maxLength: size }).map((cuts) => {
      const borders = [0, ...cuts.sort((one, other) => one - other), total];
      return names.map((name, index) => ({
        variant: name,
        weight: (borders[index + 1] ?? total) - (borders[index] ?? 0),
      }));
    });
  });
}

const rollout: fc.Arbitrary<Rollout> = fc
  .tuple(bucketing, fc.constantFrom(undefined, 'error' as const, 'firstVariant' as const, 'fallThrough' as const))
  .chain(([contract, missing]) =>
    precisionOf(contract.algorithm)
      .chain((total) => weights(contract, total))
      .map((variants) => ({
        variants,
        bucketing: { ...contract, ...(missing === undefined ? {} : { missing }) },
      })),
  );

const serve: fc.Arbitrary<Serve> = fc.oneof(fc.record({ variant }), fc.record({ rollout }));

const rule: fc.Arbitrary<Omit<Rule, 'id'>> = fc.record({
  conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
  serve,
});

/** Each targeting key stands in one of two targets, or in none. */
const targets = fc
  .array(fc.constantFrom(0, 1, 2, 2, 2), { minLength: TARGETING_KEYS.length, maxLength: TARGETING_KEYS.length })
  .map((places) =>
    (['a', 'b'] as const).map((name, target) => ({
      variant: name,
      keys: TARGETING_KEYS.filter((_, index) => places[index] === target),
    })),
  );

const VALUES: { readonly [type in FlagConfiguration['type']]: readonly [JsonValue, JsonValue, JsonValue] } = {
  boolean: [true, false, false],
  string: ['A', '', 'C'],
  number: [0, 1.5, -3],
  object: [{}, [1, null], { x: { y: 'z' } }],
};

function flag(key: string): fc.Arbitrary<FlagConfiguration> {
  const others = FLAG_KEYS.filter((other) => other !== key);
  const prerequisite = fc.record({
    flag: fc.constantFrom(...others, 'missing'),
    variants: fc.shuffledSubarray([...VARIANTS], { minLength: 1 }),
  });
  return fc
    .record(
      {
        type: fc.constantFrom('boolean' as const, 'string' as const, 'number' as const, 'object' as const),
        enabled: fc.nat(9).map((number) => number > 0),
        offVariant: variant,
        prerequisites: fc.uniqueArray(prerequisite, { maxLength: 2, selector: (wanted) => wanted.flag }),
        targets,
        rules: fc.array(rule, { maxLength: 3 }),
        default: serve,
      },
      { requiredKeys: ['type', 'enabled', 'default'] },
    )
    .map(({ type, rules, ...rest }) => {
      const [a, b, c] = VALUES[type];
      const named = rules?.map((one, index) => ({ id: `r${index}`, ...one }));
      return { key, type, variants: { a, b, c }, ...rest, ...(named === undefined ? {} : { rules: named }) };
    });
}

const listedKeys = fc.subarray([...TARGETING_KEYS], { maxLength: 2 });
/** By how many bits keys are divided, and which are in chunks. */
const chunked = fc.tuple(fc.constantFrom(0, 1, 3), fc.subarray([...TARGETING_KEYS]));

/** A segment and its chunks. */
function segment(key: string) {
  return fc
    .record(
      {
        included: listedKeys,
        excluded: listedKeys,
        includedChunks: chunked,
        excludedChunks: chunked,
        conditions: fc.array(condition, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    )
    .map(({ includedChunks, excludedChunks, ...rest }) => {
      const [included, excluded] = [includedChunks, excludedChunks].map((set) => set && chunkKeys(set[1], set[0]));
      const content: Segment = {
        key,
        ...rest,
        ...(included === undefined ? {} : { includedChunks: included.chunked }),
        ...(excluded === undefined ? {} : { excludedChunks: excluded.chunked }),
      };
      return { content, chunks: { ...included?.chunks, ...excluded?.chunks } };
    });
}

/**
 * A chain of segments and one of flags, longer than is allowed, that end in the others: `chain-1` to `chain-18`. Each
 * link turns round what the next one says, so that it shows at the start where references become void.
 */
function addChains(ruleset: ReferenceRuleset): ReferenceRuleset {
  const places = Array.from({ length: 18 }, (_, index) => index + 1);
  const base = { type: 'boolean', enabled: true, variants: { a: true, b: false }, offVariant: 'b' } as const;
  const flags = places.map(
    (place): FlagConfiguration => ({
      key: `chain-${place}`,
      ...base,
      prerequisites: [{ flag: place === 18 ? 'f1' : `chain-${place + 1}`, variants: ['b'] }],
      default: { variant: 'a' },
    }),
  );
  const segments = places.map(
    (place): Segment => ({
      key: `chain-${place}`,
      conditions: [{ segment: place === 18 ? 's1' : `chain-${place + 1}`, negate: true }],
    }),
  );
  const asking: FlagConfiguration = {
    key: 'asks-chain',
    ...base,
    rules: [{ id: 'r', conditions: [{ segment: 'chain-1' }], serve: { variant: 'b' } }],
    default: { variant: 'a' },
  };
  return {
    ...ruleset,
    flags: [...ruleset.flags, ...flags, asking],
    segments: [...(ruleset.segments ?? []), ...segments],
  };
}

/** A ruleset that passes every check. One in eight has chains that are too long. */
export const arbitraryRuleset: fc.Arbitrary<ReferenceRuleset> = fc
  .record({
    flags: fc.tuple(...FLAG_KEYS.map(flag)),
    segments: fc.tuple(...SEGMENT_KEYS.map(segment)),
    without: fc.nat(SEGMENT_KEYS.length),
    chains: fc.nat(7).map((number) => number === 0),
  })
  .map(({ flags, segments, without, chains }) => {
    const kept = segments.filter((_, index) => index !== without);
    const ruleset = {
      flags,
      segments: kept.map(({ content }) => content),
      chunks: Object.assign({}, ...kept.map(({ chunks }) => chunks)) as NonNullable<ReferenceRuleset['chunks']>,
    };
    return chains ? addChains(ruleset) : ruleset;
  });

/** A context of JSON in which the paths of the conditions lead somewhere, more often than not. */
export const arbitraryContext: fc.Arbitrary<EvaluationContext> = fc
  .record(
    {
      targetingKey: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TARGETING_KEYS) }, attributeValue),
      v: attributeValue,
      w: attributeValue,
      a: fc.oneof(fc.record({ b: attributeValue, valueOf: attributeValue }, { requiredKeys: [] }), attributeValue),
      'a.b': attributeValue,
      toString: attributeValue,
      $now: attributeValue,
    },
    { requiredKeys: [] },
  )
  .map((context) => ({ ...context }) as EvaluationContext);

export const arbitraryMoment: fc.Arbitrary<Moment | undefined> = fc.option(
  fc.record({ now: fc.constantFrom(0, 5, 1_767_225_600_000), random: fc.constantFrom('r1', 'r2', 'r3') }),
  { nil: undefined },
);

/** The entities of a ruleset in the order in which they may be applied: chunks before the segments that name them. */
export function entitiesOf({ flags, segments = [], chunks = {} }: ReferenceRuleset): readonly EntityChange[] {
  return [
    ...Object.entries(chunks).map(([key, chunk]) => ({ kind: 'chunk' as const, key, json: JSON.stringify(chunk) })),
    ...segments.map((one) => ({ kind: 'segment' as const, key: one.key, json: JSON.stringify(one) })),
    ...flags.map((one) => ({ kind: 'flag' as const, key: one.key, json: JSON.stringify(one) })),
  ];
}
