import type { Rollout, RolloutBucketing, Serve } from '@flaghoist/evaluator';
import { wrongUse } from '../command-failure.ts';
import { splitList, splitPair } from './option-values.ts';

export interface RolloutOptions {
  readonly rollout: string;
  readonly salt?: string;
  readonly attribute?: string;
}

const EXAMPLE = 'on=20,off=80';
const LARGEST_SUM = 2_147_483_647;

/**
 * The rollout that `--rollout` asks for, given what is served now. Nobody may change variant because of how the option
 * was typed: a rollout that is there keeps its bucketing, unless `--salt` or `--attribute` say otherwise, and the order
 * of the variants it has; new ones come after them.
 */
export function rolloutServe(current: unknown, options: RolloutOptions): Serve {
  const before = rolloutOf(current);
  const weights = parseWeights(options.rollout);
  const known = (before?.variants ?? []).map(({ variant }) => variant).filter((variant) => weights.has(variant));
  const added = [...weights.keys()].filter((variant) => !known.includes(variant));
  const bucketing: RolloutBucketing = {
    ...(before?.bucketing ?? { algorithm: 'murmur3/1' }),
    ...(options.salt === undefined ? {} : { salt: options.salt }),
    ...(options.attribute === undefined ? {} : { attribute: options.attribute }),
  };
  const variants = [...known, ...added].map((variant) => ({ variant, weight: weights.get(variant) ?? 0 }));
  return { rollout: { variants, bucketing } };
}

/** `{"variant": …}` or `{"rollout": …}` as text: `on`, or `on=20,off=80`. */
export function describeServe(serve: unknown): string {
  const rollout = rolloutOf(serve);
  if (rollout !== undefined) {
    const weights = rollout.variants.map(({ variant, weight }) => `${variant}=${weight}`).join(',');
    const { attribute } = rollout.bucketing;
    return attribute === undefined ? weights : `${weights} by ${attribute}`;
  }
  const variant = (serve as { readonly variant?: unknown } | null)?.variant;
  return typeof variant === 'string' ? variant : JSON.stringify(serve);
}

function parseWeights(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  let sum = 0;
  for (const part of splitList(text)) {
    const [variant, weightText] = splitPair(part, '--rollout', EXAMPLE);
    const weight = Number(weightText);
    if (!/^\d+$/.test(weightText) || weight > LARGEST_SUM) {
      throw wrongUse(
        `--rollout: the weight of ${variant} must be a whole number from 0, not ${JSON.stringify(weightText)}.\nFor parts of a percent use larger numbers, e.g. --rollout on=5,off=995.`,
      );
    }
    if (weights.has(variant)) throw wrongUse(`--rollout names ${variant} twice.`);
    weights.set(variant, weight);
    sum += weight;
  }
  if (sum < 1 || sum > LARGEST_SUM) {
    throw wrongUse(
      `--rollout: the weights must add up to something from 1 to ${LARGEST_SUM}, not ${sum}. Example: --rollout ${EXAMPLE}`,
    );
  }
  return weights;
}

function rolloutOf(serve: unknown): Rollout | undefined {
  if (typeof serve !== 'object' || serve === null || !('rollout' in serve)) return undefined;
  return (serve as { readonly rollout: Rollout }).rollout;
}
