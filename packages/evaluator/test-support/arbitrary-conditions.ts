/** Attribute conditions and the values they meet, from small pools: see `arbitraries.ts`. */
import * as fc from 'fast-check';
import type { AttributeCondition, Dialect, Operator } from '../src/model.ts';

export const ATTRIBUTE_PATHS = [
  'targetingKey',
  'v',
  'v',
  'v',
  'w',
  'a.b',
  'a.valueOf',
  'toString',
  '$now',
  '$random',
] as const;

const WORDS = [
  'pro',
  'PRO',
  'p',
  '',
  'ο',
  'ΟΣ',
  'ος',
  'İ',
  'i̇',
  'ada',
  'true',
  '5',
  '1e+21',
  '😀',
  'straße',
  'STRASSE',
] as const;
const NUMBERS = [0, -0, 1, 5, 1.5, -7, 1e21, 1e-7, 9_007_199_254_740_991, 9_007_199_254_740_992] as const;
const NUMERIC_WORDS = [
  ' 5 ',
  '0x5',
  '05',
  '+5',
  '-0',
  '.5',
  '5.',
  ' ',
  'Infinity',
  '5_0',
  '1e400',
  '\u00a05',
  '\u00855',
] as const;

const VERSIONS = [
  '1.2.3',
  '1.2.3-rc.1',
  '1.2.3-rc.2',
  '1.2.3-rc',
  '1.2.3+b',
  '1.3.0',
  '2.0.0',
  '0.0.0-0',
  '10.0.0',
  '99999999999999999999.0.0',
] as const;
const SHORT_VERSIONS = ['1', '1.2', 'v1.2.3', 'v2', 'V1.3', 'vv1.2.3', ' 1.2.3'] as const;
const NO_VERSIONS = ['01.2.3', '1.2.3.4', 'latest', '1.2.3-01', '1.2.', 'vV1.2.3', 'v 1', '=1.2.3'] as const;

const DATE_TIMES = [
  '1970-01-01T00:00:00Z',
  '1970-01-01T00:00:00.005Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01t01:00:00.0009+01:00',
  '2024-02-29T23:59:59-23:59',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
] as const;
const NO_DATE_TIMES = [
  '2026-02-29T00:00:00Z',
  '2026-01-01',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00+24:00',
] as const;

const ADDRESSES = [
  '10.0.0.1',
  '10.255.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  '::',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:1',
  '2001:db8::10.0.0.1',
  '::ffff:10.0.0.1',
  '1:2:3:4:5:6:7::',
] as const;
const NO_ADDRESSES = [
  '10.0.0.01',
  '10.0.0',
  '256.0.0.1',
  '::1::',
  '1:2:3:4:5:6:7:8:9',
  '::1%eth0',
  '1:2:3:4:5:6:7:8::',
  ':1',
  '10.0.0.1/8',
] as const;
const RANGES = [
  ...ADDRESSES,
  '10.0.0.0/8',
  '10.77.0.1/9',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/32',
  '2001:db8::f/127',
  '::ffff:0:0/96',
  '255.255.255.254/31',
] as const;

/** RE2 and JavaScript read these the same way, on every text of these pools. */
const PATTERNS = [
  '^p',
  'o$',
  '^[0-9.]+$',
  '',
  '^(true|pro|ada)$',
  '(?i)^PRO$',
  '[^a-z]',
  '\\d{2}',
  '^.{2,4}$',
  '(p|r)+o',
  '1\\.2',
  '\\bpro\\b',
  '^$',
  '[α-ω]',
] as const;

const TEXTS = [
  ...WORDS,
  ...NUMERIC_WORDS,
  ...VERSIONS,
  ...SHORT_VERSIONS,
  ...NO_VERSIONS,
  ...DATE_TIMES,
  ...NO_DATE_TIMES,
  ...ADDRESSES,
  ...NO_ADDRESSES,
] as const;

const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...WORDS) }, fc.constantFrom(...TEXTS));
const number = fc.constantFrom(...NUMBERS);
const operand = fc.oneof({ weight: 3, arbitrary: text }, { weight: 2, arbitrary: number }, fc.boolean());

const scalar = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 3, arbitrary: number },
  fc.boolean(),
  fc.constant(null),
);

/** What an attribute may be: mostly text and numbers of the pools, also lists, objects and anything else that is JSON. */
export const attributeValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: scalar },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof({ weight: 6, arbitrary: scalar }, fc.constant([]), fc.constant({ v: 5 })), {
      maxLength: 4,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({}, { b: 'pro' }, { v: [5] }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

interface Operands {
  readonly operators: readonly Operator[];
  readonly values: fc.Arbitrary<AttributeCondition['values']>;
  readonly cased?: true;
}

const one = (value: fc.Arbitrary<string | number | boolean>) => fc.tuple(value);
const some = (value: fc.Arbitrary<string | number | boolean>) => fc.array(value, { minLength: 1, maxLength: 4 });

function operandsOf(dialect: Dialect | undefined): readonly Operands[] {
  const version = fc.constantFrom<string>(...VERSIONS, ...(dialect === 'flagd' ? SHORT_VERSIONS : []));
  const compared = ['LessThan', 'LessOrEqual', 'GreaterThan', 'GreaterOrEqual', 'SameMajor', 'SameMinor'] as const;
  return [
    { operators: ['in', 'in', 'in'], values: some(operand), cased: true },
    { operators: ['contains', 'startsWith', 'endsWith'], values: some(text), cased: true },
    { operators: ['matches'], values: some(fc.constantFrom(...PATTERNS)), cased: true },
    { operators: ['lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual'], values: one(number) },
    { operators: ['semverEqual'], values: some(version) },
    { operators: compared.map((name) => `semver${name}` as const), values: one(version) },
    { operators: ['before', 'after'], values: one(fc.oneof(fc.constantFrom(...DATE_TIMES), number)) },
    { operators: ['inIpRange'], values: some(fc.constantFrom(...RANGES)) },
    { operators: ['exists'], values: fc.constant([]) },
  ];
}

const DIALECTS = [undefined, undefined, 'unleash', 'flagd'] as const;

/** Weighted by how many operators of the same kind there are. */
const kinds = DIALECTS.flatMap((dialect) =>
  operandsOf(dialect).flatMap(({ operators, values, cased }) =>
    operators.map((operator) =>
      fc.record(
        {
          attribute: fc.constantFrom(...ATTRIBUTE_PATHS),
          operator: fc.constant(operator),
          values,
          ...(cased === true ? { ignoreCase: fc.boolean() } : {}),
          ...(dialect === undefined ? {} : { dialect: fc.constant(dialect) }),
          negate: fc.boolean(),
        },
        { requiredKeys: ['attribute', 'operator', 'values', ...(dialect === undefined ? [] : (['dialect'] as const))] },
      ),
    ),
  ),
);

export const attributeCondition = fc.oneof(...kinds) as fc.Arbitrary<AttributeCondition>;
