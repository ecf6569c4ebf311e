/**
 * How the dialects of imported rules read values, as measured on the software they come from: unleash-client 6.12.1 and
 * @openfeature/flagd-core 4.0.1. `spec/evaluation/README.md` says it in words.
 */
import { readLenientVersion } from './semver.ts';

/** The text of a value in the `unleash` dialect: strings, numbers and booleans have one, all else compares false. */
export function unleashText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** The number that the text of a value writes, by JavaScript's `Number`; NaN when there is no text or it writes none. */
export function unleashNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}

/**
 * The number that an order operator of the `flagd` dialect compares: 0 for a missing attribute and null. NaN when there is
 * none; flagd-core then raises an error (GENERAL), and the condition here is false.
 */
export function flagdNumber(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? Number(value)
    : Number.NaN;
}

/**
 * The text that a semver operator of the `flagd` dialect judges by the standard, of an attribute or an operand: what
 * `readLenientVersion` makes of a text or of a number's text. Null when there is none.
 */
export function flagdVersion(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? readLenientVersion(String(value)) : null;
}
