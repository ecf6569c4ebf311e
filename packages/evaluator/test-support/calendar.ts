/** The engine's own calendar, which the evaluator's source does without. */

/** As `2026-03-01T09:30:00.000Z`. */
export function writeInstant(instant: number): string {
  return new Date(instant).toISOString();
}

/** NaN when the text is not what `writeInstant` writes for an instant of the years 0000 to 9999. */
export function readWrittenInstant(text: string): number {
  const instant = new Date(text).getTime();
  return Number.isNaN(instant) || writeInstant(instant) !== text ? Number.NaN : instant;
}
