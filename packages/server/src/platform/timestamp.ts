/** Timestamps in requests: RFC 3339, in the years that databases and clocks agree on. */

const SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Null when the text is no such timestamp, e.g. `2030-01-31T00:00:00Z`. */
export function parseTimestamp(text: string): Date | null {
  const timestamp = SHAPE.test(text) ? new Date(text) : new Date(Number.NaN);
  const time = timestamp.getTime();
  return time >= FIRST && time <= LAST ? timestamp : null;
}
