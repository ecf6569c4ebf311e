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
  /** Looked at before the rules, in order; a targeting key stands in at most one of them. */
  readonly targets?: readonly IndividualTarget[];
  /** Looked at in order; the first whose conditions all hold decides. */
  readonly rules?: readonly Rule[];
  /** What is served when no target and no rule decided. */
  readonly default: Serve;
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
  readonly bucketing: Bucketing;
}

/**
 * How a context becomes a bucket.
 *
 * `murmur3/1`: hash = MurmurHash3 x86 32-bit (seed 0) over the UTF-8 bytes of salt + value, without separator;
 * bucket = floor(hash * total / 2^32), total being the sum of the weights. This is flagd's `fractional` of 2026.
 */
export interface Bucketing {
  readonly algorithm: 'murmur3/1';
  /** Absent: the flag's key. */
  readonly salt?: string;
  /** Attribute path whose value is hashed. Absent: `targetingKey`. Only strings bucket. */
  readonly attribute?: string;
  /**
   * What a context without that attribute gets: `error` (reason ERROR, TARGETING_KEY_MISSING), the `firstVariant`, or
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
  /** Numbers only; `values` holds exactly one number. */
  | 'lessThan'
  | 'lessOrEqual'
  | 'greaterThan'
  | 'greaterOrEqual'
  /** The attribute is present and not null; `values` is empty. */
  | 'exists';

/** Comparing different types is false, never an error. A list-valued attribute matches when any element does. */
export interface AttributeCondition {
  /** Dotted path, e.g. `company.plan`. `targetingKey` is an attribute like any other. */
  readonly attribute: string;
  readonly operator: Operator;
  readonly values: readonly (string | number | boolean)[];
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

export type Condition = AttributeCondition | SegmentCondition | GroupCondition;

/** A named audience: included keys are in; else excluded keys are out; else all conditions must hold (none: nobody). */
export interface Segment {
  readonly key: string;
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
  readonly conditions?: readonly Condition[];
}

/** OpenFeature's evaluation context, as parsed JSON. */
export interface EvaluationContext {
  readonly targetingKey?: string;
  readonly [attribute: string]: unknown;
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
  readonly kind: 'flag' | 'segment';
  readonly key: string;
  /** The entity's exact JSON text. */
  readonly json: string | null;
}

/** A well-formed key of a flag, segment, variant, rule, project or environment. */
export const KEY_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';
