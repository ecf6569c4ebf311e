/** Every member of a flag and of a segment with a value of every wrong type. */
import type { Poison } from './poison-kind.ts';

type Wanted = 'text' | 'boolean' | 'list' | 'object' | 'scalar' | 'number';

const WRONG: { readonly [wanted in Wanted]: readonly unknown[] } = {
  text: [null, 0, true, [], {}],
  boolean: [null, 0, 'true', [], {}],
  list: [null, 0, 'x', true, {}],
  object: [null, 0, 'x', true, []],
  scalar: [null, [], {}],
  number: [null, '1', true, [], {}],
};

const RICH = {
  key: 'checkout',
  type: 'boolean',
  enabled: true,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: true,
  prerequisites: [{ flag: 'search', variants: ['on'] }],
  targets: [{ variant: 'on', keys: ['ann'] }],
  rules: [
    {
      id: 'r',
      description: 'why',
      conditions: [
        { attribute: 'plan', operator: 'in', values: ['pro'], ignoreCase: true, negate: false },
        { bucket: { algorithm: 'murmur3/1', salt: 's' }, of: 100, from: 0, to: 50 },
        { segment: 'beta', negate: true },
        { group: 'any', conditions: [{ attribute: 'a', operator: 'exists', values: [] }] },
      ],
      serve: {
        rollout: {
          variants: [{ variant: 'on', weight: 1 }],
          bucketing: { algorithm: 'murmur3/1', salt: 's', attribute: 'a', fallback: ['b'], missing: 'error' },
        },
      },
    },
  ],
  default: { variant: 'off' },
};

const FLAG: { readonly [path: string]: Wanted } = {
  key: 'text',
  type: 'text',
  enabled: 'boolean',
  variants: 'object',
  'variants.on': 'boolean',
  offVariant: 'text',
  clientVisible: 'boolean',
  prerequisites: 'list',
  'prerequisites.0': 'object',
  'prerequisites.0.flag': 'text',
  'prerequisites.0.variants': 'list',
  'prerequisites.0.variants.0': 'text',
  targets: 'list',
  'targets.0': 'object',
  'targets.0.variant': 'text',
  'targets.0.keys': 'list',
  'targets.0.keys.0': 'text',
  rules: 'list',
  'rules.0': 'object',
  'rules.0.id': 'text',
  'rules.0.description': 'text',
  'rules.0.conditions': 'list',
  'rules.0.conditions.0': 'object',
  'rules.0.conditions.0.attribute': 'text',
  'rules.0.conditions.0.operator': 'text',
  'rules.0.conditions.0.values': 'list',
  'rules.0.conditions.0.values.0': 'scalar',
  'rules.0.conditions.0.ignoreCase': 'boolean',
  'rules.0.conditions.0.negate': 'boolean',
  'rules.0.conditions.1.bucket': 'object',
  'rules.0.conditions.1.of': 'number',
  'rules.0.conditions.1.from': 'number',
  'rules.0.conditions.1.to': 'number',
  'rules.0.conditions.2.segment': 'text',
  'rules.0.conditions.2.negate': 'boolean',
  'rules.0.conditions.3.group': 'text',
  'rules.0.conditions.3.conditions': 'list',
  'rules.0.serve': 'object',
  'rules.0.serve.rollout': 'object',
  'rules.0.serve.rollout.variants': 'list',
  'rules.0.serve.rollout.variants.0': 'object',
  'rules.0.serve.rollout.variants.0.variant': 'text',
  'rules.0.serve.rollout.variants.0.weight': 'number',
  'rules.0.serve.rollout.bucketing': 'object',
  'rules.0.serve.rollout.bucketing.algorithm': 'text',
  'rules.0.serve.rollout.bucketing.salt': 'text',
  'rules.0.serve.rollout.bucketing.attribute': 'text',
  'rules.0.serve.rollout.bucketing.fallback': 'list',
  'rules.0.serve.rollout.bucketing.missing': 'text',
  default: 'object',
  'default.variant': 'text',
};

const AUDIENCE = {
  key: 'beta',
  included: ['ann'],
  excluded: ['bob'],
  includedChunks: { bits: 0, chunks: [null] },
  conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
};

const SEGMENT: { readonly [path: string]: Wanted } = {
  key: 'text',
  included: 'list',
  'included.0': 'text',
  excluded: 'list',
  'excluded.0': 'text',
  includedChunks: 'object',
  'includedChunks.bits': 'number',
  'includedChunks.chunks': 'list',
  conditions: 'list',
  'conditions.0': 'object',
};

/** The mould with another value at a path. */
export function withValue(mould: unknown, path: string, value: unknown): unknown {
  const [step = '', ...rest] = path.split('.');
  const after = (before: unknown) => (rest.length === 0 ? value : withValue(before, rest.join('.'), value));
  if (Array.isArray(mould)) return mould.map((one: unknown, i) => (String(i) === step ? after(one) : one));
  const members = mould as { readonly [member: string]: unknown };
  return { ...members, [step]: after(members[step]) };
}

function spoiled(kind: 'flag' | 'segment', key: string, mould: unknown, wanted: typeof FLAG): readonly Poison[] {
  return Object.entries(wanted).flatMap(([path, type]) =>
    WRONG[type].map((value) => ({
      name: `${kind}: ${path} is ${JSON.stringify(value)}`,
      edits: [{ kind, key, json: JSON.stringify(withValue(mould, path, value)) }],
      readers: 'refuse' as const,
    })),
  );
}

/** A flag with every member that one can have. */
export const RICH_FLAG: unknown = RICH;
export const RICH_SEGMENT: unknown = AUDIENCE;

export const TYPE_POISON: readonly Poison[] = [
  ...spoiled('flag', 'checkout', RICH, FLAG),
  ...spoiled('segment', 'beta', AUDIENCE, SEGMENT),
];
