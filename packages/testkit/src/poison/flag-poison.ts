/** Flags that are whole JSON of the right types, and still wrong. */
import { createHash } from 'node:crypto';
import type { Edit } from '../published-environment.ts';
import type { Poison } from './poison-kind.ts';

const NO_HASHES = '{"hashes":"0000000000000001"}';

/** A chunk that nobody names. */
export const CHUNK: Edit = {
  kind: 'chunk',
  key: createHash('sha256').update(NO_HASHES).digest('base64url'),
  json: NO_HASHES,
};

const VARIANTS = { on: true, off: false };
const condition = (members: object) => ({ attribute: 'a', operator: 'in', values: ['x'], ...members });
const ruled = (...conditions: readonly unknown[]) => ({
  rules: [{ id: 'r', conditions, serve: { variant: 'on' } }],
});
const matching = (...values: readonly string[]) => ruled(condition({ operator: 'matches', values }));
const split = (variants: readonly unknown[], bucketing: object = { algorithm: 'murmur3/1' }) => ({
  default: { rollout: { variants, bucketing } },
});
const times = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
const wrapped = (depth: number): unknown =>
  depth === 0 ? condition({}) : { group: 'all', conditions: [wrapped(depth - 1)] };
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
const even = [
  { variant: 'on', weight: 1 },
  { variant: 'off', weight: 1 },
];

const MEMBERS: { readonly [name: string]: object } = {
  'a key that is another flag’s': { key: 'search' },
  'an unknown type': { type: 'date' },
  'no variants': { variants: {} },
  '101 variants': { variants: Object.fromEntries(times(101, (i) => [`v${i}`, true])) },
  'a variant named __proto__': { variants: JSON.parse('{"__proto__":true,"off":false}') as object },
  'a variant of another type': { variants: { on: 'true', off: false } },
  'a default that is no variant': { default: { variant: 'constructor' } },
  'a default of two kinds': { default: { variant: 'on', rollout: { variants: even } } },
  'an off variant that is none': { offVariant: '__proto__' },
  'a value 33 levels deep': { type: 'object', variants: { on: nested(33), off: {} } },
  'a value with a string of a megabyte': { type: 'object', variants: { on: { a: 'x'.repeat(1 << 20) }, off: {} } },
  '201 rules': { rules: times(201, (i) => ({ id: `r${i}`, conditions: [condition({})], serve: { variant: 'on' } })) },
  'a rule twice': { rules: times(2, () => ({ id: 'r', conditions: [condition({})], serve: { variant: 'on' } })) },
  'a rule without conditions': { rules: [{ id: 'r', conditions: [], serve: { variant: 'on' } }] },
  'a rule that serves no variant of its': {
    rules: [{ id: 'r', conditions: [condition({})], serve: { variant: 'x' } }],
  },
  '1,001 conditions': ruled(...times(1_001, () => condition({}))),
  'groups nine deep': ruled(wrapped(9)),
  'groups 500 deep': ruled(wrapped(500)),
  'an empty group': ruled({ group: 'all', conditions: [] }),
  'an unknown group': ruled({ group: 'most', conditions: [condition({})] }),
  'a condition of no kind': ruled({}),
  'a condition of two kinds': ruled({ segment: 'beta', group: 'all', conditions: [condition({})] }),
  'an unknown operator': ruled(condition({ operator: 'equals' })),
  'an operator of Object.prototype': ruled(condition({ operator: 'hasOwnProperty' })),
  'an unknown dialect': ruled(condition({ dialect: 'split' })),
  'an empty attribute': ruled(condition({ attribute: '' })),
  'an attribute of 257 characters': ruled(condition({ attribute: 'x'.repeat(257) })),
  'an attribute of a megabyte': ruled(condition({ attribute: 'x'.repeat(1 << 20) })),
  'a reserved attribute': ruled(condition({ attribute: '$later' })),
  'no values': ruled(condition({ values: [] })),
  '100,001 values': ruled(condition({ values: times(100_001, (i) => `v${i}`) })),
  '1,001 texts to contain': ruled(condition({ operator: 'contains', values: times(1_001, (i) => `v${i}`) })),
  'a value of a megabyte': ruled(condition({ values: ['x'.repeat(1 << 20)] })),
  'a number to be less than that is a text': ruled(condition({ operator: 'lessThan', values: ['1'] })),
  'two numbers to be less than': ruled(condition({ operator: 'lessThan', values: [1, 2] })),
  'a version that is none': ruled(condition({ operator: 'semverLessThan', values: ['one.two'] })),
  'a date that is none': ruled(condition({ operator: 'before', values: ['2026-02-30T00:00:00Z'] })),
  'an address that is none': ruled(condition({ operator: 'inIpRange', values: ['300.1.1.1'] })),
  'a range that is too long': ruled(condition({ operator: 'inIpRange', values: ['10.0.0.0/33'] })),
  'values of exists': ruled(condition({ operator: 'exists', values: ['x'] })),
  'an unbalanced pattern': matching('(a'),
  'a pattern that looks ahead': matching('a(?=b)'),
  'a pattern that looks behind': matching('(?<!a)b'),
  'a pattern that refers back': matching('(a)\\1'),
  'a pattern that repeats repetitions': matching('((a{1,50}){1,50}){1,50}'),
  'a pattern that repeats a thousand times': matching('(?:ab){1000}'),
  'a pattern that repeats too often': matching('a{1001}'),
  'a pattern of 513 characters': matching('a'.repeat(513)),
  'a pattern of a megabyte': matching('(a*)*'.repeat(200_000)),
  'a pattern of parentheses': matching(`${'('.repeat(256)}${')'.repeat(256)}`),
  'a pattern of many classes': matching('\\p{L}'.repeat(100)),
  '33 patterns': matching(...times(33, (i) => `^a${i}$`)),
  '33 patterns in conditions of their own': ruled(
    ...times(33, (i) => condition({ operator: 'matches', values: [`^a${i}$`] })),
  ),
  'a flag that needs itself': { prerequisites: [{ flag: 'checkout', variants: ['on'] }] },
  'a prerequisite twice': { prerequisites: times(2, () => ({ flag: 'search', variants: ['on'] })) },
  'a prerequisite without variants': { prerequisites: [{ flag: 'search', variants: [] }] },
  '33 prerequisites': { prerequisites: times(33, (i) => ({ flag: `f${i}`, variants: ['on'] })) },
  'a targeting key in two targets': { targets: ['on', 'off'].map((variant) => ({ variant, keys: ['ann'] })) },
  '101 targets': { targets: times(101, (i) => ({ variant: 'on', keys: [`k${i}`] })) },
  '100,001 targeting keys': { targets: [{ variant: 'on', keys: times(100_001, (i) => `k${i}`) }] },
  'a targeting key of a megabyte': { targets: [{ variant: 'on', keys: ['x'.repeat(1 << 20)] }] },
  'an empty targeting key': { targets: [{ variant: 'on', keys: [''] }] },
  'a rollout without variants': split([]),
  'a rollout of nothing': split([{ variant: 'on', weight: 0 }]),
  'a negative weight': split([{ variant: 'on', weight: -1 }]),
  'half a weight': split([{ variant: 'on', weight: 0.5 }]),
  'weights above 31 bits': split(even.map((one) => ({ ...one, weight: 2_147_483_647 }))),
  'a variant twice in a rollout': split([...even, ...even]),
  'a rollout of an unknown variant': split([{ variant: 'maybe', weight: 1 }]),
  'an unknown algorithm': split(even, { algorithm: 'md5' }),
  'a precision that the algorithm has not': split(even, { algorithm: 'sha1-launchdarkly' }),
  'a seed that the algorithm has not': split(even, { algorithm: 'murmur3/1', seed: 1 }),
  'five fallbacks': split(even, { algorithm: 'murmur3/1', fallback: ['a', 'b', 'c', 'd', 'e'] }),
  'a salt of 257 characters': split(even, { algorithm: 'murmur3/1', salt: 'x'.repeat(257) }),
  'an unknown way to be missing': split(even, { algorithm: 'murmur3/1', missing: 'random' }),
  'buckets from the end to the start': ruled({ bucket: { algorithm: 'murmur3/1' }, of: 100, from: 60, to: 40 }),
  'buckets beyond the last': ruled({ bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 101 }),
  'no buckets at all': ruled({ bucket: { algorithm: 'murmur3/1' }, of: 0, from: 0, to: 0 }),
};

const RAW: { readonly [name: string]: readonly [key: string, json: string] } = {
  'a weight of 1e999': ['checkout', JSON.stringify(sound(split([{ variant: 'on', weight: 7 }]))).replace('7', '1e999')],
  'a value of 1e999': [
    'checkout',
    '{"key":"checkout","type":"number","enabled":true,"variants":{"on":1e999},"default":{"variant":"on"}}',
  ],
  'a key of a megabyte': ['x'.repeat(1 << 20), JSON.stringify({ ...sound({}), key: 'x'.repeat(1 << 20) })],
  'a key of 129 characters': ['x'.repeat(129), JSON.stringify({ ...sound({}), key: 'x'.repeat(129) })],
  'an empty key': ['', JSON.stringify({ ...sound({}), key: '' })],
  'a key with a tab': ['a\tb', JSON.stringify({ ...sound({}), key: 'a\tb' })],
  'a key with a line feed': ['a\nb', JSON.stringify({ ...sound({}), key: 'a\nb' })],
  'a key with half a character': ['a\ud800', JSON.stringify({ ...sound({}), key: 'a\ud800' })],
  'the key __proto__': ['__proto__', JSON.stringify({ ...sound({}), key: '__proto__' })],
};

function sound(members: object): object {
  return {
    key: 'checkout',
    type: 'boolean',
    enabled: true,
    variants: VARIANTS,
    default: { variant: 'on' },
    ...members,
  };
}

export const FLAG_POISON: readonly Poison[] = [
  ...Object.entries(MEMBERS).map(([name, members]): Poison => {
    return {
      name: `flag: ${name}`,
      edits: [{ kind: 'flag', key: 'checkout', json: JSON.stringify(sound(members)) }],
      readers: 'refuse',
    };
  }),
  ...Object.entries(RAW).map(([name, [key, json]]): Poison => {
    return { name: `flag: ${name}`, edits: [{ kind: 'flag', key, json }], readers: 'refuse' };
  }),
];
