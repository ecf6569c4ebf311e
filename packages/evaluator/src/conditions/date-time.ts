/** Date-times of RFC 3339, without `Date`: the same answer in every engine and for every year. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ZERO = 48;
/** Where the seconds end: what follows is a fraction or the offset. */
const SECONDS_END = 19;

/** The instant of an attribute or operand: a finite number is milliseconds since 1970 UTC, a text is parsed, else NaN. */
export function readInstant(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  return typeof value === 'string' ? parseDateTime(value) : Number.NaN;
}

/**
 * Milliseconds since 1970-01-01T00:00:00Z of a text `YYYY-MM-DDThh:mm:ss[.digits](Z|+hh:mm|-hh:mm)`; NaN for any other.
 *
 * `t` and `z` may be small. The day must exist (Gregorian, years 0000 to 9999), hours end at 23, and there is no second
 * 60, in the offset as well. Digits beyond milliseconds are dropped.
 */
export function parseDateTime(text: string): number {
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  if (!isOneOf(text[10], 'Tt') || text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') {
    return Number.NaN;
  }
  if (
    !(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60)
  ) {
    return Number.NaN;
  }
  const end = fractionEnd(text);
  const local = daysSince1970(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
  return local + milliseconds(text, end) - offsetMs(text, end);
}

/** Where the fraction ends, which is `SECONDS_END` when there is none. A point without digits is no fraction. */
function fractionEnd(text: string): number {
  if (text[SECONDS_END] !== '.') return SECONDS_END;
  let end = SECONDS_END + 1;
  while (digit(text, end) >= 0) end++;
  return end > SECONDS_END + 1 ? end : SECONDS_END;
}

function milliseconds(text: string, end: number): number {
  let sum = 0;
  for (let at = SECONDS_END + 1, unit = 100; at < end && unit >= 1; at++, unit /= 10) sum += digit(text, at) * unit;
  return sum;
}

/** How far local time is ahead of UTC; NaN when the rest of the text from `at` is no offset. */
function offsetMs(text: string, at: number): number {
  const sign = text[at];
  if (isOneOf(sign, 'Zz')) return text.length === at + 1 ? 0 : Number.NaN;
  const hour = pair(text, at + 1);
  const minute = pair(text, at + 4);
  if (!isOneOf(sign, '+-') || text[at + 3] !== ':' || text.length !== at + 6) return Number.NaN;
  if (!(hour < 24 && minute < 60)) return Number.NaN;
  return (sign === '-' ? -1 : 1) * (hour * HOUR_MS + minute * MINUTE_MS);
}

/** Howard Hinnant's days_from_civil: years of 400-year eras that begin in March, so that a leap day ends its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number that two digits write, else NaN. */
function pair(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function isOneOf(character: string | undefined, characters: string): boolean {
  return character !== undefined && characters.includes(character);
}
