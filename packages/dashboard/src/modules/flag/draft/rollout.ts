/**
 * Weights of rollouts. Their sum is the precision of the bucketing contract: weights move within it, and it stays, because
 * another sum would deal people anew under most algorithms.
 */
import type { BucketingAlgorithm, Rollout, Serve } from '@flaghoist/evaluator';

/** Of rollouts that begin here: thousandths of a percent. */
export const NEW_TOTAL = 100_000;

/** Precisions that the makers of an algorithm fixed. */
const FIXED: { readonly [algorithm in BucketingAlgorithm]?: number } = {
  'sha1-launchdarkly': 100_000,
  'fnv-growthbook/1': 1_000,
  'fnv-growthbook/2': 10_000,
};

export function totalOf({ variants }: Rollout): number {
  return variants.reduce((sum, { weight }) => sum + weight, 0);
}

export function variantsOf(serve: Serve): readonly string[] {
  return 'variant' in serve ? [serve.variant] : serve.rollout.variants.map(({ variant }) => variant);
}

/** Digits after the point that a percentage of this total can have; two when it has no last one. */
export function percentDigits(total: number): number {
  const power = Math.log10(total);
  return Number.isInteger(power) ? Math.max(0, power - 2) : 2;
}

/**
 * A weight's part of the total in percent: exactly when it ends within nine digits, else to two digits with `≈` before
 * it, so that nothing is shown as what it is not.
 */
export function percentText(weight: number, total: number): string {
  if (total <= 0) return '0 %';
  const parts = BigInt(weight) * 100n;
  for (let digits = 0; digits <= 9; digits++) {
    const scaled = parts * 10n ** BigInt(digits);
    if (scaled % BigInt(total) === 0n) return `${pointed(scaled / BigInt(total), digits)} %`;
  }
  const rounded = (weight * 100) / total;
  if (weight > 0 && rounded < 0.005) return '< 0.01 %';
  return `≈ ${rounded.toFixed(2)} %`;
}

function pointed(value: bigint, digits: number): string {
  const text = String(value).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function percentOf(weight: number, total: number): number {
  return total <= 0 ? 0 : (weight * 100) / total;
}

/** The whole weight that is nearest to a percentage. */
export function weightOf(percent: number, total: number): number {
  return Math.max(0, Math.min(total, Math.round((percent * total) / 100)));
}

/**
 * One weight set, the others moved so that the sum stays: what it takes or frees goes to those that are not locked, in
 * proportion to their weights (equally when they have none). It stops where the locked ones leave no room.
 */
export function setWeight(rollout: Rollout, variant: string, wanted: number, locked: readonly string[] = []): Rollout {
  const total = totalOf(rollout);
  const isFixed = (name: string): boolean => locked.includes(name);
  const free = rollout.variants.filter((one) => one.variant !== variant && !isFixed(one.variant));
  if (free.length === 0 || !rollout.variants.some((one) => one.variant === variant)) return rollout;
  const held = rollout.variants
    .filter((one) => one.variant !== variant && isFixed(one.variant))
    .reduce((sum, { weight }) => sum + weight, 0);
  const weight = Math.max(0, Math.min(total - held, Math.round(wanted)));
  const parts = divide(
    total - held - weight,
    free.map((one) => one.weight),
  );
  const weights = new Map(free.map((one, index) => [one.variant, parts[index] ?? 0]));
  weights.set(variant, weight);
  return withWeights(rollout, weights);
}

/** The same weight for all, what is left over to the first ones. */
export function splitEqually(rollout: Rollout): Rollout {
  const parts = divide(
    totalOf(rollout),
    rollout.variants.map(() => 1),
  );
  return withWeights(rollout, new Map(rollout.variants.map(({ variant }, index) => [variant, parts[index] ?? 0])));
}

/** Behind the others, with nothing: nobody moves. */
export function addShare(rollout: Rollout, variant: string): Rollout {
  return { ...rollout, variants: [...rollout.variants, { variant, weight: 0 }] };
}

/** What it had goes to those that are not locked; to all others when all are locked. */
export function removeShare(rollout: Rollout, variant: string, locked: readonly string[] = []): Rollout {
  const others = rollout.variants.map((one) => one.variant).filter((name) => name !== variant);
  const isAllLocked = others.every((name) => locked.includes(name));
  const emptied = setWeight(rollout, variant, 0, isAllLocked ? [] : locked);
  return { ...emptied, variants: emptied.variants.filter((one) => one.variant !== variant) };
}

/** A rollout over all variants of the flag that serves what was served so far to everybody. */
export function beginRollout(served: string, names: readonly string[]): Rollout {
  const variants = names.map((variant) => ({ variant, weight: variant === served ? NEW_TOTAL : 0 }));
  return { variants, bucketing: { algorithm: 'murmur3/1' } };
}

/** The variant with the largest weight, the first of several. */
export function mostServed({ variants }: Rollout): string {
  return variants.reduce(
    (most, one) => (one.weight > most.weight ? one : most),
    variants[0] ?? { variant: '', weight: 0 },
  ).variant;
}

/**
 * The sums that this rollout could have instead without dealing anybody anew: only `murmur3/1` cuts its hash at the same
 * places for 25 of 100 as for 250 of 1,000.
 */
export function finerTotal(rollout: Rollout): number | null {
  const total = totalOf(rollout);
  const isFree = rollout.bucketing.algorithm === 'murmur3/1' && FIXED[rollout.bucketing.algorithm] === undefined;
  return isFree && total > 0 && total < NEW_TOTAL && NEW_TOTAL % total === 0 ? NEW_TOTAL : null;
}

/** `total` must be a multiple of the sum. */
export function scaleTo(rollout: Rollout, total: number): Rollout {
  const factor = total / totalOf(rollout);
  return {
    ...rollout,
    variants: rollout.variants.map(({ variant, weight }) => ({ variant, weight: weight * factor })),
  };
}

/** The sum that an algorithm demands; null: any. */
export function fixedTotal(algorithm: BucketingAlgorithm): number | null {
  return FIXED[algorithm] ?? null;
}

function withWeights(rollout: Rollout, weights: ReadonlyMap<string, number>): Rollout {
  return {
    ...rollout,
    variants: rollout.variants.map((one) => ({ ...one, weight: weights.get(one.variant) ?? one.weight })),
  };
}

/** Whole parts of `whole` in proportion to `by`, by the largest remainders, so that they add up. */
function divide(whole: number, by: readonly number[]): readonly number[] {
  const sum = by.reduce((all, one) => all + one, 0);
  const ratios = sum === 0 ? by.map(() => 1) : by;
  const base = sum === 0 ? by.length : sum;
  const exact = ratios.map((ratio) => (whole * ratio) / base);
  const parts = exact.map(Math.floor);
  const left = whole - parts.reduce((all, one) => all + one, 0);
  const order = exact.map((value, index) => ({ index, rest: value - Math.floor(value) }));
  order.sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of order.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
