/**
 * The data an evaluation reads: what one entity of a ruleset says, as parsed JSON.
 *
 * These shapes are the wire contract of rulesets: a member is never renamed, and a member that a reader does not know
 * makes the entity unusable to it (see `checkFlag` and `checkSegment`), because ignoring half a rule would serve the
 * wrong variant.
 */

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue | undefined };

export type FlagType = 'boolean' | 'string' | 'number' | 'object';

/** One flag in one environment: everything an evaluation of it needs, except the segments it names. */
export interface FlagConfiguration {
  readonly key: string;
  readonly type: FlagType;
  /** Off serves `offVariant` with reason DISABLED. */
  readonly enabled: boolean;
  /** Variant name to value; every value is of the flag's type. At least one. */
  readonly variants: { readonly [variant: string]: JsonValue };
  /** Absent: an off flag answers without value and without variant, so that the caller's default is used. */
  readonly offVariant?: string;
  /** Whether a `client` key may ask for this flag. Absent means no. */
  readonly clientVisible?: boolean;
  /** All must hold, before targets and rules are looked at; else the off variant is served (PREREQUISITE_FAILED). */
  readonly prerequisites?: readonly Prerequisite[];
  /** Looked at before the rules, in order; a targeting key stands in at most one of them. */
  readonly targets?: readonly IndividualTarget[];
  /** Looked at in order; the first whose conditions all hold decides. */
  readonly rules?: readonly Rule[];
  /** What is served when no target and no rule decided. */
  readonly default: Serve;
}

/**
 * Holds when the other flag, evaluated for the same context, serves one of these variants, whatever its reason. A flag
 * that does not exist, answers without a variant, or leads back to this one serves none.
 */
export interface Prerequisite {
  /** Key of another flag of the same environment; at most once in a flag. */
  readonly flag: string;
  /** At least one. */
  readonly variants: readonly string[];
}

export interface IndividualTarget {
  readonly variant: string;
  /** Targeting keys, compared exactly. */
  readonly keys: readonly string[];
}

export interface Rule {
  /** Stable name of the rule within its flag; evaluations and exposures carry it. */
  readonly id: string;
  /** For people only. */
  readonly description?: string;
  /** All must hold. At least one. */
  readonly conditions: readonly Condition[];
  readonly serve: Serve;
}

export type Serve = { readonly variant: string } | { readonly rollout: Rollout };

/** Weighted variants and the bucketing contract that picks one of them. */
export interface Rollout {
  /** Whole weights >= 0 with a sum of 1 to 2147483647; each variant at most once. Their order is part of the contract. */
  readonly variants: readonly { readonly variant: string; readonly weight: number }[];
  readonly bucketing: RolloutBucketing;
}

/** The vendors' algorithms are for imported rules: they keep everybody in the variant that the vendor's SDKs served. */
export type BucketingAlgorithm =
  | 'murmur3/1'
  | 'sha1-launchdarkly'
  | 'murmur3-unleash'
  | 'fnv-growthbook/1'
  | 'fnv-growthbook/2';

/**
 * How a context becomes a bucket: a whole number from 0 to the precision - 1. `spec/bucketing/README.md` is the contract.
 *
 * The precision of a rollout is the sum of its weights, that of a bucket condition its `of`.
 * - `murmur3/1`: floor(murmur3_x86_32(salt + value) * precision / 2^32), flagd's `fractional` of 2026.
 * - `sha1-launchdarkly`: by the first 60 bits of SHA-1(salt + "." + value); precision 100,000.
 * - `murmur3-unleash`: murmur3_x86_32(salt + ":" + value, seed) mod precision.
 * - `fnv-growthbook/1` and `/2`: GrowthBook's hash versions; precision 1,000 and 10,000.
 */
export interface Bucketing {
  readonly algorithm: BucketingAlgorithm;
  /** Absent: the key of the flag or segment it stands in. */
  readonly salt?: string;
  /** 0 to 4294967295, `murmur3-unleash` only. Absent: 0. */
  readonly seed?: number;
  /** Attribute path whose value is hashed. Absent: `targetingKey`. */
  readonly attribute?: string;
  /** Attribute paths that are asked in turn when those before have no value that this algorithm hashes. */
  readonly fallback?: readonly string[];
}

/** The bucketing contract of a rollout. */
export interface RolloutBucketing extends Bucketing {
  /**
   * What a context without those attributes gets: `error` (reason ERROR, TARGETING_KEY_MISSING), the `firstVariant`, or
   * `fallThrough` to the next rule (in a default serve: the off variant). Absent: `error`.
   */
  readonly missing?: 'error' | 'firstVariant' | 'fallThrough';
}

export type Operator =
  /** The attribute equals one of the values, same type, no coercion. */
  | 'in'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  /** A regular expression of RE2's syntax is found anywhere in the text; `values` holds patterns. */
  | 'matches'
  /** Numbers only; `values` holds exactly one number. */
  | 'lessThan'
  | 'lessOrEqual'
  | 'greaterThan'
  | 'greaterOrEqual'
  /** Versions by Semantic Versioning 2.0.0; `values` holds exactly one version, of `semverEqual` one or more. */
  | 'semverEqual'
  | 'semverLessThan'
  | 'semverLessOrEqual'
  | 'semverGreaterThan'
  | 'semverGreaterOrEqual'
  | 'semverSameMajor'
  | 'semverSameMinor'
  /** Strictly; `values` holds exactly one date-time: RFC 3339 text, or milliseconds since 1970 UTC. */
  | 'before'
  | 'after'
  /** An IPv4 or IPv6 address lies in one of the ranges; `values` holds addresses and CIDR blocks. */
  | 'inIpRange'
  /** The attribute is present and not null; `values` is empty. */
  | 'exists';

/**
 * How a condition of an imported rule reads attributes. Absent: the standard dialect, in which values of different types
 * compare false, never an error, never coercion. `spec/evaluation/README.md` says exactly what each does.
 */
export type Dialect = 'unleash' | 'flagd';

/** A list-valued attribute matches when any of its first `LIMITS.listElements` elements does. */
export interface AttributeCondition {
  /**
   * Dotted path, e.g. `company.plan`. `targetingKey` is an attribute like any other. `$now` (milliseconds since 1970 UTC)
   * and `$random` (a text) come from the caller of the evaluation, not from the context.
   */
  readonly attribute: string;
  readonly operator: Operator;
  readonly values: readonly (string | number | boolean)[];
  /** For `in`, `contains`, `startsWith` and `endsWith`: texts are compared in lower case. For `matches`: the flag `i`. */
  readonly ignoreCase?: boolean;
  readonly dialect?: Dialect;
  readonly negate?: boolean;
}

/** Holds when the context's bucket lies in `from` <= bucket < `to`. A context that cannot be bucketed lies in no range. */
export interface BucketCondition {
  readonly bucket: Bucketing;
  /** The precision: into how many buckets everybody is divided. */
  readonly of: number;
  readonly from: number;
  readonly to: number;
  readonly negate?: boolean;
}

export interface SegmentCondition {
  /** Key of a segment of the same environment. A segment that does not exist contains nobody. */
  readonly segment: string;
  readonly negate?: boolean;
}

export interface GroupCondition {
  readonly group: 'all' | 'any' | 'none';
  readonly conditions: readonly Condition[];
}

export type Condition = AttributeCondition | BucketCondition | SegmentCondition | GroupCondition;

/** A named audience: included keys are in; else excluded keys are out; else all conditions must hold (none: nobody). */
export interface Segment {
  readonly key: string;
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
  /** Further included and excluded keys, too many to list. */
  readonly includedChunks?: ChunkedKeys;
  readonly excludedChunks?: ChunkedKeys;
  readonly conditions?: readonly Condition[];
}

/**
 * A set of targeting keys, divided by their hashes: the first 64 bits of SHA-1 over a key's UTF-8 bytes, of which the
 * first `bits` name the place of its chunk.
 */
export interface ChunkedKeys {
  /** 0 to 12. */
  readonly bits: number;
  /** 2^bits chunk keys by place; null: no key has such a hash. A chunk that is named must be in the ruleset. */
  readonly chunks: readonly (string | null)[];
}

/** Hashes of targeting keys. Its key is the sha256 of its own JSON text, so a chunk is never changed, only replaced. */
export interface Chunk {
  /** 16 lower-case hexadecimal digits for each hash, ascending, without separators or repetitions. */
  readonly hashes: string;
}

/** OpenFeature's evaluation context, as parsed JSON. */
export interface EvaluationContext {
  readonly targetingKey?: string;
  readonly [attribute: string]: unknown;
}

/** What an evaluation needs that is not in the context. Without it, `$now` and `$random` are missing attributes. */
export interface Moment {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: number;
  /** Differs from evaluation to evaluation. */
  readonly random: string;
}

/** Runs regular expressions of RE2's syntax in time linear in the text. Handed to `prepare`. */
export interface RegexEngine {
  /**
   * A test that says whether the pattern is found anywhere in a text. Throws an Error that says what is wrong with a
   * pattern it cannot run.
   */
  compile(pattern: string, ignoreCase: boolean): (text: string) => boolean;
}

export type Reason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED' | 'PREREQUISITE_FAILED' | 'ERROR';

export type EvaluationErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'PARSE_ERROR'
  | 'GENERAL';

/** An answer. `value` and `variant` are absent together: the caller's default is then used. Frozen; may be shared. */
export interface Evaluation {
  readonly value?: JsonValue;
  readonly variant?: string;
  readonly reason: Reason;
  /** Id of the rule that decided, when one did. */
  readonly rule?: string;
  /** Present exactly when reason is ERROR. */
  readonly errorCode?: EvaluationErrorCode;
  readonly errorMessage?: string;
}

/** What is wrong with an entity, where (a JSON path such as `$.rules[0].serve`), and how to mend it. */
export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One entity as it enters or leaves a ruleset. `json` null: it is deleted. */
export interface EntityChange {
  readonly kind: 'flag' | 'segment' | 'chunk';
  readonly key: string;
  /** The entity's exact JSON text. */
  readonly json: string | null;
}

/** A well-formed key of a flag, segment, variant, rule, project or environment. */
export const KEY_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';

/** The key of a chunk: the sha256 of its JSON text, as base64url without padding. */
export const CHUNK_KEY_PATTERN = '^[A-Za-z0-9_-]{43}$';
