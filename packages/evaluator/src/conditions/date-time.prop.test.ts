import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { readWrittenInstant, writeInstant } from '../../test-support/calendar.ts';
import { parseDateTime } from './date-time.ts';

const RUNS = { numRuns: 5_000 };

const GRAMMAR = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;

/** By the engine's own calendar: what it writes back differently was no real day or time. */
function reference(text: string): number {
  const [, date = '', time = '', fraction = '', sign = '+', hours = '0', minutes = '0'] = GRAMMAR.exec(text) ?? [];
  const local = readWrittenInstant(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  return local - Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

const year = fc.oneof(fc.nat(9_999), fc.constantFrom(0, 4, 100, 400, 1900, 1970, 2000, 2024, 9999));
const digits = (value: number, width: number) => String(value).padStart(width, '0');
const dateTime = fc
  .record({
    year,
    month: fc.nat(13),
    day: fc.nat(32),
    hour: fc.nat(24),
    minute: fc.nat(60),
    second: fc.nat(60),
    fraction: fc.constantFrom('', '.5', '.123', '.0009', '.999999999'),
    offset: fc.constantFrom('Z', 'z', '+00:00', '-00:00', '+01:00', '-09:30', '+23:59', '-23:59', '+24:00', '+05:60'),
  })
  .map(
    (at) =>
      `${digits(at.year, 4)}-${digits(at.month, 2)}-${digits(at.day, 2)}T${digits(at.hour, 2)}:${digits(at.minute, 2)}:` +
      `${digits(at.second, 2)}${at.fraction}${at.offset}`,
  );

const anyText = fc.oneof(
  { weight: 4, arbitrary: dateTime },
  fc
    .tuple(dateTime, fc.nat(30), fc.constantFrom('', '-', ':', '.', '0', '9', ' ', 't', '٣', 'Z'), fc.boolean())
    .map(([text, at, inserted, replaces]) => text.slice(0, at) + inserted + text.slice(at + (replaces ? 1 : 0))),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

describe('a date-time', () => {
  it('is, for any text, the instant of the engine’s own calendar, or none', () => {
    fc.assert(
      fc.property(anyText, (text) => Object.is(parseDateTime(text), reference(text))),
      RUNS,
    );
  });

  it('that the engine writes is read back to the millisecond, from year 0 to year 9999', () => {
    const first = readWrittenInstant('0000-01-01T00:00:00.000Z');
    const last = readWrittenInstant('9999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (at) => parseDateTime(writeInstant(at)) === at),
      RUNS,
    );
  });
});
