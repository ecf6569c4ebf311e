import type { Attributes } from '../conditions/attribute.ts';
import { bucketText, pickIndex } from './bucket.ts';
import { type Bucketer, prepareBucketer } from './bucketing.ts';
import type { Evaluation, Moment, Rollout } from '../model.ts';

export interface PreparedRollout {
  readonly bucketer: Bucketer;
  /** The bucket at which each variant ends, in the order of the rollout. */
  readonly ends: readonly number[];
  readonly answers: readonly Evaluation[];
  /** What a context that cannot be bucketed gets; null: nothing, the next rule decides. */
  readonly missing: Evaluation | null;
}

/** The answers a rollout gives: for a variant, and for a context that cannot be bucketed. */
export interface RolloutAnswers {
  readonly split: (variant: string) => Evaluation;
  readonly missing: (attribute: string) => Evaluation;
}

export function prepareRollout(rollout: Rollout, flagKey: string, answers: RolloutAnswers): PreparedRollout {
  const { missing = 'error' } = rollout.bucketing;
  const split = rollout.variants.map(({ variant }) => answers.split(variant));
  let total = 0;
  const ends = rollout.variants.map(({ weight }) => (total += weight));
  const bucketer = prepareBucketer(rollout.bucketing, flagKey, total);
  const error = missing === 'error' ? answers.missing(bucketer.attribute.path) : null;
  return { bucketer, ends, answers: split, missing: missing === 'firstVariant' ? (split[0] ?? null) : error };
}

/** The answer of the variant whose share holds the context's bucket; null: the rollout does not decide. */
export function pickVariant(
  rollout: PreparedRollout,
  attributes: Attributes,
  moment: Moment | null,
): Evaluation | null {
  const text = bucketText(rollout.bucketer, attributes, moment);
  return text === null ? rollout.missing : (rollout.answers[pickIndex(rollout.bucketer, text, rollout.ends)] ?? null);
}
