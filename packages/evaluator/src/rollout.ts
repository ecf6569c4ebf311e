import { type Attribute, type Attributes, prepareAttribute, readAttribute, TARGETING_KEY } from './attribute.ts';
import type { Evaluation, Rollout } from './model.ts';
import { murmur3Of, prepareSalt, type Salt } from './murmur3.ts';

export interface PreparedRollout {
  readonly salt: Salt;
  readonly attribute: Attribute;
  readonly total: number;
  /** The bucket at which each variant ends, in the order of the rollout. */
  readonly ends: readonly number[];
  readonly answers: readonly Evaluation[];
  /** What a context without the attribute gets; null: nothing, the next rule decides. */
  readonly missing: Evaluation | null;
}

/** The answers a rollout gives: for a variant, and for a context that cannot be bucketed. */
export interface RolloutAnswers {
  readonly split: (variant: string) => Evaluation;
  readonly missing: (attribute: string) => Evaluation;
}

export function prepareRollout(rollout: Rollout, flagKey: string, answers: RolloutAnswers): PreparedRollout {
  const { salt = flagKey, attribute, missing = 'error' } = rollout.bucketing;
  const path = attribute === undefined ? TARGETING_KEY : prepareAttribute(attribute);
  const split = rollout.variants.map(({ variant }) => answers.split(variant));
  let total = 0;
  const ends = rollout.variants.map(({ weight }) => (total += weight));
  return {
    salt: prepareSalt(salt),
    attribute: path,
    total,
    ends,
    answers: split,
    missing: missing === 'error' ? answers.missing(path.path) : missing === 'firstVariant' ? (split[0] ?? null) : null,
  };
}

/** The answer of the variant whose share holds the context's bucket; null: the rollout does not decide. */
export function pickVariant(rollout: PreparedRollout, attributes: Attributes): Evaluation | null {
  const value = readAttribute(attributes, rollout.attribute);
  if (typeof value !== 'string') return rollout.missing;
  const bucket = bucketOf(murmur3Of(rollout.salt, value), rollout.total);
  const { ends, answers } = rollout;
  for (let index = 0; index < ends.length; index++) {
    if (bucket < (ends[index] ?? 0)) return answers[index] ?? null;
  }
  return null;
}

/**
 * floor(hash * total / 2^32), exactly, for an unsigned 32-bit `hash` and a `total` of 1 to 2^31 - 1.
 *
 * The product can exceed 2^53, so it is taken in two halves of the hash, each exact:
 * floor((high * 2^16 + low) * total / 2^32) = floor((high * total + floor(low * total / 2^16)) / 2^16).
 */
export function bucketOf(hash: number, total: number): number {
  const low = Math.floor(((hash & 0xffff) * total) / 0x10000);
  return Math.floor(((hash >>> 16) * total + low) / 0x10000);
}
