import type { Operator } from '@flaghoist/evaluator';
import { type Span, valueSpan } from './span.ts';

type Value = string | number | boolean;

/** Milliseconds on both sides of 1970 that a Date can hold (ECMA-262, Time Values). */
const DATE_RANGE_MS = 8.64e15;
const LONGEST = 60;

/** A value of a condition as its type shows: texts that could be taken for something else stand in quotes. */
export function valueWords(value: Value, operator: Operator): Span {
  return valueSpan(valueText(value, operator));
}

export function valueText(value: Value, operator: Operator): string {
  if (operator === 'before' || operator === 'after') return momentText(value);
  if (operator === 'matches') return `/${shortened(String(value))}/`;
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? shortened(value) : `“${shortened(value)}”`;
}

/** `1 Mar 2026, 09:30 UTC`; a text that is no moment as it is. */
export function momentText(value: Value): string {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at) || Math.abs(at) > DATE_RANGE_MS) return String(value);
  const date = new Date(at).toISOString();
  const [day, month, year] = [date.slice(-16, -14), date.slice(-19, -17), date.slice(0, -20)];
  const name = MONTHS[Number(month) - 1] ?? month;
  const seconds = date.slice(-7, -1) === '00.000' ? '' : `:${date.slice(-7, -5)}`;
  return `${Number(day)} ${name} ${year}, ${date.slice(-13, -8)}${seconds} UTC`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Whether nobody could take the text for a number, a boolean or several texts. */
function isPlain(value: string): boolean {
  const looksOther = value === 'true' || value === 'false' || !Number.isNaN(Number(value));
  return !looksOther && value.trim() === value && !/[,“”"]/.test(value);
}

export function shortened(value: string, most = LONGEST): string {
  return value.length > most ? `${value.slice(0, most)}…` : value;
}
