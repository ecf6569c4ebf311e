// @ts-check
/** What a list of measured numbers says. */

/**
 * The nearest-rank quantile: a value that was really measured, never one in between.
 *
 * @param {readonly number[]} values At least one.
 * @param {number} share 0 to 1.
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There is no quantile of nothing.');
  return value;
}

/** @param {readonly number[]} values At least one. */
export function median(values) {
  return quantile(values, 0.5);
}

/**
 * Three significant digits: more would claim what a busy machine cannot measure.
 *
 * @param {number} value
 */
export function rounded(value) {
  return Number(value.toPrecision(3));
}
