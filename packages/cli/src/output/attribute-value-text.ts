import type { Operator } from '@flaghoist/evaluator';

/** Milliseconds on both sides of 1970 that a Date can hold (ECMA-262, Time Values). */
const DATE_RANGE_MS = 8.64e15;

export interface ValueOptions {
  /** What it is a value of, or what it is compared with, and how. */
  readonly attribute: string;
  readonly operator: Operator;
  /** That are shown of its JSON; what is longer ends with `…`. */
  readonly characters: number;
}

/**
 * A JSON value as JSON. Beside a number that is a moment stands its date, `0 (1970-01-01T00:00:00.000Z)`; of `$now`,
 * which nobody wrote as a number, the date alone.
 */
export function attributeValueText(value: unknown, { attribute, operator, characters }: ValueOptions): string {
  const isNow = attribute === '$now';
  const isMoment = isNow || operator === 'before' || operator === 'after';
  if (isMoment && typeof value === 'number' && Math.abs(value) <= DATE_RANGE_MS) {
    const date = new Date(value).toISOString();
    return isNow ? date : `${value} (${date})`;
  }
  return shortened(JSON.stringify(value), characters);
}

/** At most this many characters, and `…` when there were more. */
export function shortened(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}
