import { checkBatch, EXPOSURE_LIMITS } from '@flaghoist/protocol/exposures';
import { describe, expect, it } from 'vitest';
import { createExposureCounter } from './exposure-counter.ts';

function counter(maxRows = 100) {
  const clock = { ms: 60_000 * 1_000 };
  const options = { instance: 'instance-0123456789', sdk: 'test/1', now: () => clock.ms, maxRows };
  return { counter: createExposureCounter(options), clock };
}

const ON = { variant: 'on', reason: 'STATIC' } as const;

describe('the exposure counter', () => {
  it('adds up evaluations that are alike and separates those that differ in any part', () => {
    const { counter: counts, clock } = counter();
    counts.record('a', ON, 1);
    counts.record('a', ON, 1);
    counts.record('b', ON, 1);
    counts.record('a', { ...ON, variant: 'off' }, 1);
    counts.record('a', { ...ON, reason: 'SPLIT' }, 1);
    counts.record('a', { ...ON, rule: 'r1' }, 1);
    counts.record('a', { reason: 'ERROR' }, 1);
    counts.record('a', ON, 2);
    counts.record('a', ON, 1);
    clock.ms += 60_000;
    counts.record('a', ON, 1);
    const base = { flag: 'a', variant: 'on', reason: 'STATIC', revision: 1, minute: 1_000 };
    expect(counts.drain()?.rows).toEqual([
      { ...base, count: 3 },
      { ...base, flag: 'b', count: 1 },
      { ...base, variant: 'off', count: 1 },
      { ...base, reason: 'SPLIT', count: 1 },
      { ...base, rule: 'r1', count: 1 },
      { flag: 'a', reason: 'ERROR', revision: 1, minute: 1_000, count: 1 },
      { ...base, revision: 2, count: 1 },
      { ...base, minute: 1_001, count: 1 },
    ]);
  });

  it('counts what happened several times at once', () => {
    const { counter: counts } = counter(1);
    counts.record('a', ON, 1, 5);
    counts.record('a', ON, 1, 2);
    counts.record('b', ON, 1, 3);
    expect(counts.drain()).toMatchObject({ rows: [{ flag: 'a', count: 7 }], dropped: 3 });
  });

  it('numbers batches from 1 without gaps and says nothing when there is nothing to say', () => {
    const { counter: counts } = counter();
    expect(counts.drain()).toBeNull();
    counts.record('a', ON, 1);
    expect(counts.drain()).toMatchObject({ instance: 'instance-0123456789', sdk: 'test/1', sequence: 1, dropped: 0 });
    expect(counts.drain()).toBeNull();
    counts.record('a', ON, 1);
    expect(counts.drain()).toMatchObject({ sequence: 2, rows: [{ flag: 'a', count: 1 }] });
  });

  it('counts what does not fit as dropped, while rows that exist go on counting', () => {
    const { counter: counts } = counter(2);
    for (const flag of ['a', 'b', 'c', 'd', 'a']) counts.record(flag, ON, 1);
    expect(counts.drain()).toMatchObject({
      rows: [
        { flag: 'a', count: 2 },
        { flag: 'b', count: 1 },
      ],
      dropped: 2,
    });
    counts.record('c', ON, 1);
    expect(counts.drain()).toMatchObject({ rows: [{ flag: 'c' }], dropped: 0 });
  });

  it('carries what others dropped in the next batch, also when that has no rows', () => {
    const { counter: counts } = counter();
    counts.drop(7);
    expect(counts.drain()).toMatchObject({ sequence: 1, rows: [], dropped: 7 });
  });

  it('says that it is crowded once half of its rows are taken', () => {
    const { counter: counts } = counter(4);
    counts.record('a', ON, 1);
    expect(counts.crowded).toBe(false);
    counts.record('b', ON, 1);
    expect(counts.crowded).toBe(true);
    counts.drain();
    expect(counts.crowded).toBe(false);
  });

  it('drops flags that nobody can have named, so that the receiver takes the rest of the batch', () => {
    const { counter: counts } = counter();
    for (const flag of ['', 'x'.repeat(129), 'nul\0', 'fine']) counts.record(flag, { reason: 'ERROR' }, 0);
    const batch = counts.drain();
    expect(batch).toMatchObject({ rows: [{ flag: 'fine' }], dropped: 3 });
    expect(checkBatch(batch)).toEqual({ ok: true, batch });
  });

  it.each([
    ['ASCII', (i: number) => `${i}`.padEnd(128, 'x')],
    ['multi-byte', (i: number) => `${i}`.padEnd(128, '漢')],
    ['escaped', (i: number) => `${i}`.padEnd(128, '\u0001')],
    ['surrogate pair', (i: number) => `${i}`.padEnd(128, '\u{1f6a9}').slice(0, 126)],
  ])('never makes a batch that is larger than a receiver takes, with %s texts', (_, text) => {
    const { counter: counts } = counter(EXPOSURE_LIMITS.rows);
    for (let i = 0; i < 6_000; i++)
      counts.record(text(i), { variant: text(i), reason: 'TARGETING_MATCH', rule: text(i) }, 1);
    const batch = counts.drain();
    expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(EXPOSURE_LIMITS.bytes);
    expect(checkBatch(batch)).toMatchObject({ ok: true });
    expect((batch?.rows.length ?? 0) + (batch?.dropped ?? 0)).toBe(6_000);
    expect(batch?.rows.length).toBeGreaterThan(400);
  });

  it('counts as dropped what a receiver would refuse', () => {
    const { counter: counts } = counter(EXPOSURE_LIMITS.rows);
    counts.record('good', { variant: 'on', reason: 'STATIC' }, 1);
    for (const bad of ['', 'nul\0', 'half\ud800', 'x'.repeat(129)])
      counts.record(bad, { variant: 'on', reason: 'STATIC' }, 1);
    const batch = counts.drain();
    expect(checkBatch(batch)).toMatchObject({ ok: true });
    expect([batch?.rows.length, batch?.dropped]).toEqual([1, 4]);
  });

  it('refuses a number of rows that no batch may have', () => {
    for (const maxRows of [0, -1, 1.5, EXPOSURE_LIMITS.rows + 1]) expect(() => counter(maxRows)).toThrow(RangeError);
  });
});
