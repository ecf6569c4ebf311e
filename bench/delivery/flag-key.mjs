// @ts-check

/** @param {number} number */
export function flagKey(number) {
  return `flag-${number}`;
}
