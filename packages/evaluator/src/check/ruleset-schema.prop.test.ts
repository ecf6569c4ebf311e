/** What the published schema and the checks say about the same documents. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryRuleset } from '../../test-support/arbitraries.ts';
import { GOOD, type Json, many, parsed } from '../../test-support/flag-documents.ts';
import { isEntity, isRuleset } from '../../test-support/ruleset-schema.ts';
import { checkChunk } from './check-chunk.ts';
import { checkFlag } from './check-flag.ts';
import { checkSegment } from './check-segment.ts';
import type { Checked } from '../model.ts';
import type { ProblemCode } from './problems.ts';

type Kind = keyof typeof isEntity;

const CHECKS: { readonly [kind in Kind]: (value: unknown) => Checked<unknown> } = {
  flag: (value) => checkFlag(value),
  segment: (value) => checkSegment(value),
  chunk: checkChunk,
};

/** What only the checks can see: `spec/README.md` lists it. */
const BEYOND_THE_SCHEMA: ReadonlySet<string> = new Set<ProblemCode>([
  'unknown_variant',
  'duplicate_variant',
  'duplicate_targeting_key',
  'duplicate_rule',
  'duplicate_prerequisite',
  'own_prerequisite',
  'bad_weight_sum',
  'bad_range',
  'bad_version',
  'bad_date_time',
  'bad_ip_range',
  'bad_hashes',
  'ill_formed_text',
  'too_deep',
  'too_many',
  'too_few',
]);

const condition = (members: Json): Json => ({ attribute: 'a.b', values: ['x'], ...members });
const KEY = 'k'.repeat(43);
const conditions: readonly Json[] = [
  condition({ operator: 'in', values: ['x', 1, true, ''], ignoreCase: true, dialect: 'unleash', negate: true }),
  condition({ operator: 'contains', attribute: 'targetingKey' }),
  condition({ operator: 'startsWith', attribute: 'a.b c.$d' }),
  condition({ operator: 'endsWith', ignoreCase: false }),
  condition({ operator: 'matches', values: ['^a+$', ''], ignoreCase: true }),
  condition({ operator: 'lessThan', values: [1.5], attribute: '$now' }),
  condition({ operator: 'lessOrEqual', values: [-1], dialect: 'flagd' }),
  condition({ operator: 'greaterThan', values: [0] }),
  condition({ operator: 'greaterOrEqual', values: [1e300] }),
  condition({ operator: 'semverEqual', values: ['1.0.0', '1.0.0-0.a.1-2+05.x'] }),
  condition({ operator: 'semverLessThan', values: ['v1.2'], dialect: 'flagd' }),
  condition({ operator: 'semverLessOrEqual', values: ['99999999999999999999.0.0'] }),
  condition({ operator: 'semverGreaterThan', values: ['1.0.0--'] }),
  condition({ operator: 'semverGreaterOrEqual', values: ['10.20.30'], dialect: 'unleash' }),
  condition({ operator: 'semverSameMajor', values: ['0.0.0'] }),
  condition({ operator: 'semverSameMinor', values: ['1.2.3-rc.1'] }),
  condition({ operator: 'before', values: ['2024-02-29t23:59:59.123456z'] }),
  condition({ operator: 'after', values: [-1] }),
  condition({ operator: 'inIpRange', values: ['10.0.0.0/8', '::ffff:1.2.3.4', '2001:db8::/32', '::'] }),
  condition({ operator: 'exists', values: [], attribute: '$random' }),
  { segment: 'beta', negate: true },
  { bucket: { algorithm: 'murmur3/1', salt: 'x', attribute: 'a', fallback: ['$random'] }, of: 1, from: 0, to: 1 },
  { bucket: { algorithm: 'sha1-launchdarkly' }, of: 100_000, from: 5, to: 6, negate: false },
  { bucket: { algorithm: 'murmur3-unleash', seed: 4_294_967_295 }, of: 100, from: 0, to: 100 },
  { bucket: { algorithm: 'fnv-growthbook/1' }, of: 1_000, from: 999, to: 1_000 },
  { bucket: { algorithm: 'fnv-growthbook/2' }, of: 10_000, from: 0, to: 1 },
];
const groups: readonly Json[] = [
  { group: 'all', conditions },
  { group: 'any', conditions: [{ group: 'none', conditions: [conditions[0]] }] },
];
const rollout = (bucketing: Json, ...weights: readonly number[]): Json => ({
  rollout: { variants: weights.map((weight, index) => ({ variant: index === 0 ? 'a' : 'b', weight })), bucketing },
});

const documents: { readonly [kind in Kind]: readonly Json[] } = {
  flag: [
    GOOD,
    {
      ...GOOD,
      enabled: false,
      offVariant: 'b',
      clientVisible: true,
      prerequisites: [{ flag: 'login', variants: ['on', 'beta'] }],
      targets: [{ variant: 'a', keys: ['x', 'y'] }],
      rules: [
        { id: 'r1', description: 'd', conditions: [...conditions], serve: { variant: 'b' } },
        { id: 'r2', conditions: [...groups], serve: rollout({ algorithm: 'murmur3/1', missing: 'fallThrough' }, 1, 0) },
        { id: 'r3', conditions: [conditions[0]], serve: rollout({ algorithm: 'murmur3-unleash', seed: 0 }, 100) },
        { id: 'r4', conditions: [conditions[0]], serve: rollout({ algorithm: 'fnv-growthbook/1' }, 999, 1) },
        { id: 'r5', conditions: [conditions[0]], serve: rollout({ algorithm: 'fnv-growthbook/2' }, 1, 9_999) },
      ],
      default: rollout({ algorithm: 'sha1-launchdarkly', salt: '', missing: 'firstVariant' }, 50_000, 50_000),
    },
    { ...GOOD, type: 'boolean', variants: { a: true, b: false } },
    { ...GOOD, type: 'number', variants: { a: 1.5, b: -1e300 } },
    { ...GOOD, type: 'object', variants: { a: { b: [null, 1, 'x', { '': true }] }, b: [] } },
  ],
  segment: [
    { key: 's' },
    { key: 's', included: ['x'], excluded: [], conditions: [...conditions, ...groups] },
    {
      key: 's',
      includedChunks: { bits: 1, chunks: [KEY, null] },
      excludedChunks: { bits: 12, chunks: many(4_096, () => null) },
    },
  ],
  chunk: [{ hashes: '' }, { hashes: many(32_768, (i) => i.toString(16).padStart(16, '0')).join('') }],
};

const all = (Object.keys(documents) as Kind[]).flatMap((kind) =>
  documents[kind].map((document) => ({ kind, document })),
);

interface Suite {
  readonly ruleset: {
    readonly flags?: readonly unknown[];
    readonly segments?: readonly unknown[];
    readonly chunks?: Json;
  };
}

const SUITES = new URL('../../../../spec/evaluation/', import.meta.url);
const suites = readdirSync(SUITES)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, (JSON.parse(readFileSync(new URL(name, SUITES), 'utf8')) as Suite).ruleset] as const);

/** What a hand, a program or an attacker may put where something else belongs. */
const texts: readonly string[] = [
  ...'a|a b|$now|$x|a..b|constructor|x.__proto__|1.2|v1|1.2.3|2026-01-01T00:00:00Z|10.0.0.0/8|1.2.3.4/40'.split('|'),
  ...'murmur3/1|fnv-growthbook/1|unleash|in|exists|matches|semverEqual|before|inIpRange|b|r1|x|login'.split('|'),
  '',
  '\ud83d',
  'x'.repeat(257),
  'x'.repeat(1_025),
  'x'.repeat(65_537),
  KEY,
];
const numbers: readonly number[] = [0, 1, -1, 0.5, 1_000, 2_147_483_648, Number.MAX_VALUE];
const containers: readonly unknown[] = [[], {}, [[]], [{}], ['a'], [1], { a: 1 }, { variant: 'a' }, conditions[21]];
const replacements = [null, true, false, parsed('{"__proto__":1}'), ...texts, ...numbers, ...containers];

/** Something else of the same type. */
function similar(value: unknown, what: number): unknown {
  const near = [0, 1, 12, 100, 999, 1_000, 10_000, 100_000, Number(value) + 1, Number(value) - 1];
  if (typeof value === 'number') return near[what % near.length];
  if (typeof value === 'string') return texts[what % texts.length];
  if (typeof value === 'boolean') return !value;
  return replacements[what % replacements.length];
}

/** A change to one place of a document: `pick` numbers choose the place, then what happens there. */
function mutate(document: unknown, pick: readonly number[]): unknown {
  const [here = 0, change = 0, what = 0, ...rest] = pick;
  if (typeof document !== 'object' || document === null) {
    return change % 4 === 0 ? replacements[what % replacements.length] : similar(document, what);
  }
  if (Array.isArray(document)) return mutateList(document, pick);
  const names = Object.keys(document);
  const name = names[here % Math.max(1, names.length)] ?? '';
  const copy: Record<string, unknown> = { ...document };
  if (change % 16 === 0) copy[MEMBERS[what % MEMBERS.length] ?? ''] = replacements[here % replacements.length];
  else if (change % 16 === 1) delete copy[name];
  else copy[name] = mutate(copy[name], rest);
  return copy;
}

function mutateList(list: readonly unknown[], pick: readonly number[]): readonly unknown[] {
  const [here = 0, change = 0, what = 0, ...rest] = pick;
  const place = here % Math.max(1, list.length);
  if (change % 16 === 0) return [...list, list[what % Math.max(1, list.length)] ?? null];
  if (change % 16 === 1) return list.toSpliced(place, 1);
  if (change % 16 === 2) return [...list, replacements[what % replacements.length]];
  return list.map((element, index) => (index === place ? mutate(element, rest) : element));
}

const MEMBERS = [
  'negate',
  'ignoreCase',
  'dialect',
  'missing',
  'seed',
  'salt',
  'fallback',
  'variant',
  'rollout',
  'group',
];

describe('the schema of rulesets', () => {
  it('accepts what the checks accept', () => {
    for (const { kind, document } of all) {
      expect(CHECKS[kind](document)).toMatchObject({ ok: true });
      expect(isEntity[kind](document), JSON.stringify(isEntity[kind].errors)).toBe(true);
    }
    const { flag: flags, segment: segments, chunk } = documents;
    expect(isRuleset({ flags, segments, chunks: { [KEY]: chunk[0] } })).toBe(true);
  });

  it.each(suites)('accepts the ruleset of %s', (_, ruleset) => {
    expect(isRuleset(ruleset), JSON.stringify(isRuleset.errors)).toBe(true);
    const { flags = [], segments = [], chunks = {} } = ruleset;
    for (const flag of flags) expect(checkFlag(flag)).toMatchObject({ ok: true });
    for (const segment of segments) expect(checkSegment(segment)).toMatchObject({ ok: true });
    for (const chunk of Object.values(chunks)) expect(checkChunk(chunk)).toMatchObject({ ok: true });
  });

  it('accepts whatever rulesets the differential test makes', () => {
    fc.assert(
      fc.property(arbitraryRuleset, (ruleset) => {
        expect(isRuleset(JSON.parse(JSON.stringify(ruleset))), JSON.stringify(isRuleset.errors)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses no document that the checks accept, and accepts none that they refuse for what it can say', () => {
    const outcomes = { both: 0, schema: 0, neither: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...all.filter(({ document }) => JSON.stringify(document).length < 10_000)),
        fc.array(fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }), { minLength: 1, maxLength: 2 }),
        ({ kind, document }, picks) => {
          const mutated = picks.reduce<unknown>(mutate, document);
          const checked = CHECKS[kind](mutated);
          const isGood = isEntity[kind](mutated);
          if (checked.ok) expect(isGood, JSON.stringify(isEntity[kind].errors)).toBe(true);
          else if (isGood) {
            const codes = checked.problems.map(({ code }) => code);
            expect(codes.filter((code) => !BEYOND_THE_SCHEMA.has(code))).toEqual([]);
          }
          outcomes[checked.ok ? 'both' : isGood ? 'schema' : 'neither'] += 1;
        },
      ),
      { numRuns: 5_000 },
    );
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
  });
});
