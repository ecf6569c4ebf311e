/**
 * A second, slow evaluator, written from the prose in `spec/evaluation` and `spec/bucketing` alone: what the product
 * answers is compared with what this one answers. It prepares nothing and remembers nothing, and shares no code with the
 * product. Its regular expressions are JavaScript's, so it is right for patterns only that RE2 reads the same way.
 */
import type {
  BucketCondition,
  Bucketing,
  Chunk,
  ChunkedKeys,
  Condition,
  Evaluation,
  FlagConfiguration,
  GroupCondition,
  Moment,
  Rollout,
  Segment,
  Serve,
} from '../src/model.ts';
import { hashKey, placeOf, type ReferencePlace, readBucketValue } from './reference-buckets.ts';
import { compareAttribute } from './reference-operators.ts';
import { isVoid } from './reference-links.ts';

/** Everything an environment says, as plain JSON. */
export interface ReferenceRuleset {
  readonly flags: readonly FlagConfiguration[];
  readonly segments?: readonly Segment[];
  readonly chunks?: { readonly [key: string]: Chunk };
}

/** What is evaluated: all that does not change while one question is answered. */
interface Question {
  readonly ruleset: ReferenceRuleset;
  readonly context: object;
  readonly moment: Moment | undefined;
  readonly regex: boolean;
}

/** The flag or segment whose conditions are looked at: its key is the salt that none was named for. */
type Owner = { readonly kind: 'flag' | 'segment'; readonly key: string };

/** The answer without its message. `regex` false: regular expressions cannot be run. */
export function referenceEvaluate(
  ruleset: ReferenceRuleset,
  flagKey: string,
  context: object,
  moment?: Moment,
  regex = true,
): Evaluation {
  try {
    return evaluateFlag({ ruleset, context, moment, regex }, flagKey);
  } catch (error) {
    if (error instanceof RegexNeeded) return { reason: 'ERROR', errorCode: 'GENERAL' };
    throw error;
  }
}

class RegexNeeded extends Error {}

function evaluateFlag(question: Question, key: string): Evaluation {
  const flag = question.ruleset.flags.find((candidate) => candidate.key === key);
  if (flag === undefined) return { reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' };
  if (!flag.enabled) return answer(flag, flag.offVariant, 'DISABLED');
  if (!(flag.prerequisites ?? []).every((wanted) => holdsPrerequisite(question, flag.key, wanted))) {
    return answer(flag, flag.offVariant, 'PREREQUISITE_FAILED');
  }
  const targetingKey = readAttribute(question, 'targetingKey');
  for (const target of flag.targets ?? []) {
    if (target.keys.some((targeted) => targeted === targetingKey)) {
      return answer(flag, target.variant, 'TARGETING_MATCH');
    }
  }
  const owner: Owner = { kind: 'flag', key };
  for (const rule of flag.rules ?? []) {
    if (!rule.conditions.every((condition) => holds(question, owner, condition))) continue;
    const served = serve(question, flag, rule.serve, 'TARGETING_MATCH');
    if (served !== 'fallThrough') return { ...served, rule: rule.id };
  }
  const served = serve(question, flag, flag.default, isStatic(flag) ? 'STATIC' : 'DEFAULT');
  return served === 'fallThrough' ? answer(flag, flag.offVariant, 'DEFAULT') : served;
}

function isStatic({ prerequisites = [], targets = [], rules = [] }: FlagConfiguration): boolean {
  return prerequisites.length === 0 && targets.every(({ keys }) => keys.length === 0) && rules.length === 0;
}

function answer(flag: FlagConfiguration, variant: string | undefined, reason: Evaluation['reason']): Evaluation {
  if (variant === undefined) return { reason };
  return { value: flag.variants[variant] ?? null, variant, reason };
}

function holdsPrerequisite(question: Question, from: string, wanted: { flag: string; variants: readonly string[] }) {
  const linksOf = (key: string): readonly string[] =>
    question.ruleset.flags.find((flag) => flag.key === key)?.prerequisites?.map(({ flag }) => flag) ?? [];
  if (isVoid(linksOf, from, wanted.flag)) return false;
  const { variant } = evaluateFlag(question, wanted.flag);
  return variant !== undefined && wanted.variants.includes(variant);
}

function serve(question: Question, flag: FlagConfiguration, what: Serve, reason: Evaluation['reason']) {
  if ('variant' in what) return answer(flag, what.variant, reason);
  const { variants, bucketing } = what.rollout;
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  const place = findPlace(question, { kind: 'flag', key: flag.key }, bucketing, total);
  if (place !== null) return answer(flag, choose(variants, place), 'SPLIT');
  const { missing = 'error' } = bucketing;
  if (missing === 'firstVariant') return answer(flag, variants[0]?.variant, 'SPLIT');
  return missing === 'error' ? ({ reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' } as const) : missing;
}

function choose(variants: Rollout['variants'], place: ReferencePlace): string | undefined {
  let sum = 0;
  for (const { variant, weight } of variants) {
    sum += 'part' in place ? weight / 100_000 : weight;
    if (('part' in place ? place.part : place.bucket) < sum) return variant;
  }
  return variants.at(-1)?.variant;
}

/** Null: no attribute of the contract has a value that its algorithm hashes. */
function findPlace(question: Question, owner: Owner, bucketing: Bucketing, precision: number): ReferencePlace | null {
  const { attribute = 'targetingKey', fallback = [] } = bucketing;
  for (const path of [attribute, ...fallback]) {
    const value = readBucketValue(bucketing.algorithm, readAttribute(question, path));
    if (value !== null) return placeOf(bucketing, owner.key, value, precision);
  }
  return null;
}

function holds(question: Question, owner: Owner, condition: Condition): boolean {
  if ('group' in condition) return holdsGroup(question, owner, condition);
  return comesTo(question, owner, condition) !== (condition.negate ?? false);
}

function holdsGroup(question: Question, owner: Owner, { group, conditions }: GroupCondition): boolean {
  if (group === 'all') return conditions.every((condition) => holds(question, owner, condition));
  return conditions.some((condition) => holds(question, owner, condition)) === (group === 'any');
}

function comesTo(question: Question, owner: Owner, condition: Exclude<Condition, GroupCondition>): boolean {
  if ('bucket' in condition) return liesInBuckets(question, owner, condition);
  if ('attribute' in condition) {
    if (condition.operator === 'matches' && !question.regex) throw new RegexNeeded();
    return compareAttribute(condition, readAttribute(question, condition.attribute));
  }
  const linksOf = (key: string): readonly string[] =>
    (question.ruleset.segments?.find((segment) => segment.key === key)?.conditions ?? []).flatMap(segmentsIn);
  if (owner.kind === 'segment' && isVoid(linksOf, owner.key, condition.segment)) return false;
  return contains(question, condition.segment);
}

function segmentsIn(condition: Condition): readonly string[] {
  if ('group' in condition) return condition.conditions.flatMap(segmentsIn);
  return 'segment' in condition ? [condition.segment] : [];
}

function liesInBuckets(question: Question, owner: Owner, { bucket, of, from, to }: BucketCondition): boolean {
  const place = findPlace(question, owner, bucket, of);
  if (place === null) return false;
  if ('part' in place) return from / 100_000 <= place.part && place.part < to / 100_000;
  return from <= place.bucket && place.bucket < to;
}

function contains(question: Question, key: string): boolean {
  const segment = question.ruleset.segments?.find((candidate) => candidate.key === key);
  if (segment === undefined) return false;
  const targetingKey = readAttribute(question, 'targetingKey');
  const { included = [], excluded = [], conditions = [] } = segment;
  if (typeof targetingKey === 'string') {
    const { chunks = {} } = question.ruleset;
    if (included.includes(targetingKey) || liesInChunks(chunks, segment.includedChunks, targetingKey)) return true;
    if (excluded.includes(targetingKey) || liesInChunks(chunks, segment.excludedChunks, targetingKey)) return false;
  }
  const owner: Owner = { kind: 'segment', key };
  return conditions.length > 0 && conditions.every((condition) => holds(question, owner, condition));
}

function liesInChunks(all: { readonly [key: string]: Chunk }, chunked: ChunkedKeys | undefined, key: string): boolean {
  if (chunked === undefined) return false;
  const hash = hashKey(key);
  const place = Number(BigInt(`0x${hash}`) >> BigInt(64 - chunked.bits));
  const name = chunked.chunks[place] ?? null;
  if (name === null) return false;
  const hashes: readonly string[] = all[name]?.hashes.match(/.{16}/g) ?? [];
  return hashes.includes(hash);
}

/** Undefined: missing. */
function readAttribute({ context, moment }: Question, path: string): unknown {
  if (path === '$now') return moment?.now;
  if (path === '$random') return moment?.random;
  return member(context, path) ?? (hasOwn(context, path) ? null : walk(context, path.split('.')));
}

function walk(from: object, names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => (Array.isArray(value) ? undefined : member(value, name)), from);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && hasOwn(value, name)
    ? (value as { [name: string]: unknown })[name]
    : undefined;
}

function hasOwn(value: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(value, name);
}
