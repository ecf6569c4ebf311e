import type { ExposureBatch } from '@flaghoist/protocol/exposures';
import { createFakeClock } from '@flaghoist/testkit';
import { describe, expect, it } from 'vitest';
import { createExposureCounter } from './exposure-counter.ts';
import { createExposureSender } from './exposure-sender.ts';

type Answer = { readonly status: number; readonly retryAfterMs?: number } | 'unreachable' | 'never';

/** A server that answers as the test says, 202 unless told otherwise; randomness is 0.5. */
function scene(options: { readonly maxBatches?: number; readonly maxRows?: number } = {}) {
  const clock = createFakeClock();
  const { maxBatches, maxRows = 100 } = options;
  const counter = createExposureCounter({ instance: 'instance-0123456789', sdk: 'test/1', now: clock.now, maxRows });
  const answers: Answer[] = [];
  const sent: { readonly at: number; readonly batch: ExposureBatch; readonly body: string; taken: boolean }[] = [];
  const dropped: [number, string][] = [];
  let inFlight = 0;
  const sender = createExposureSender({
    counter,
    send: async (body) => {
      const answer = answers.shift() ?? { status: 202 };
      const taken = typeof answer === 'object' && answer.status === 202;
      sent.push({ at: clock.now(), batch: JSON.parse(body) as ExposureBatch, body, taken });
      expect(++inFlight, 'two requests at a time').toBe(1);
      if (answer === 'never') await new Promise(() => {});
      await Promise.resolve();
      inFlight -= 1;
      if (answer === 'unreachable') throw new Error('ECONNREFUSED');
      return answer as { readonly status: number };
    },
    timers: { after: (ms, run) => clock.setTimeout(run, ms), now: clock.now },
    random: () => 0.5,
    flushMs: 1_000,
    ...(maxBatches === undefined ? {} : { maxBatches }),
    onDropped: (evaluations, why) => dropped.push([evaluations, why]),
  });
  const count = (flag: string): void => counter.record(flag, { variant: 'on', reason: 'STATIC' }, 1);
  const sequences = () => sent.map(({ batch }) => batch.sequence);
  return { clock, counter, answers, sent, dropped, sender, count, sequences };
}

describe('the exposure sender', () => {
  it('sends what was counted every flush interval, and nothing when nothing was', async () => {
    const { clock, sent, sender, count } = scene();
    sender.start();
    count('a');
    await clock.advanceAsync(1_000);
    await clock.advanceAsync(3_000);
    count('a');
    count('b');
    await clock.advanceAsync(1_000);
    expect(sent.map(({ at, batch }) => [at, batch.sequence, batch.rows.length])).toEqual([
      [1_000, 1, 1],
      [5_000, 2, 2],
    ]);
  });

  it('sends a batch again, byte for byte, after full jitter that doubles, until it is taken', async () => {
    const { clock, answers, sent, sender, count } = scene();
    answers.push('unreachable', { status: 500 }, { status: 408 }, { status: 302 });
    sender.start();
    count('a');
    await clock.advanceAsync(60_000);
    expect(sent.map(({ at }) => at)).toEqual([1_000, 1_500, 2_000, 3_000, 5_000]);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
  });

  it('does not come back before Retry-After', async () => {
    const { clock, answers, sent, sender, count } = scene();
    answers.push({ status: 429, retryAfterMs: 20_000 }, { status: 503, retryAfterMs: 10_000 });
    sender.start();
    count('a');
    await clock.advanceAsync(60_000);
    expect(sent.map(({ at }) => at)).toEqual([1_000, 21_500, 32_000]);
  });

  it('keeps a batch when a proxy answers 200 in the place of an edge, which says 202', async () => {
    const { clock, answers, sent, sender, count, dropped } = scene();
    answers.push({ status: 200 }, { status: 204 });
    sender.start();
    count('a');
    await clock.advanceAsync(60_000);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(sent).toHaveLength(3);
    expect(dropped).toEqual([]);
  });

  it('drops what the server refuses, and says so in the next batch', async () => {
    const { clock, answers, sent, dropped, sender, count } = scene();
    answers.push({ status: 400 });
    sender.start();
    count('a');
    count('a');
    await clock.advanceAsync(1_000);
    count('b');
    await clock.advanceAsync(5_000);
    expect(dropped).toEqual([[2, 'the server refused them with status 400']]);
    expect(sent.map(({ batch }) => [batch.sequence, batch.dropped])).toEqual([
      [1, 0],
      [2, 2],
    ]);
  });

  it('goes on adding up while a batch waits, in one batch instead of one for every interval', async () => {
    const { clock, answers, sent, sender, count, sequences } = scene();
    answers.push(...Array.from({ length: 20 }, (): Answer => 'unreachable'));
    sender.start();
    for (let second = 0; second < 120; second++) {
      count('a');
      await clock.advanceAsync(1_000);
    }
    answers.length = 0;
    await clock.advanceAsync(60_000);
    expect([...new Set(sequences())]).toEqual([1, 2]);
    const taken = new Map(sent.map(({ batch }) => [batch.sequence, batch]));
    const counts = [...taken.values()].map(({ rows }) => rows.reduce((sum, row) => sum + row.count, 0));
    expect(counts).toEqual([1, 119]);
  });

  it('drops the oldest batch that is not on its way when too many wait, and counts it', async () => {
    const { clock, answers, sent, dropped, sender, count } = scene({ maxBatches: 2, maxRows: 2 });
    answers.push(...Array.from({ length: 100 }, (): Answer => 'unreachable'));
    sender.start();
    // Two rows make the counter crowded, so every interval drains a batch.
    for (let i = 0; i < 5; i++) {
      count(`a${i}`);
      count(`b${i}`);
      await clock.advanceAsync(1_000);
    }
    expect(dropped).toEqual([
      [2, 'too many batches wait to be sent'],
      [4, 'too many batches wait to be sent'],
      [6, 'too many batches wait to be sent'],
    ]);
    answers.length = 0;
    await clock.advanceAsync(60_000);
    const taken = sent.slice(-2).map(({ batch }) => [batch.sequence, batch.rows.length, batch.dropped]);
    expect(taken).toEqual([
      [1, 2, 0],
      [5, 2, 6],
    ]);
  });

  it('accounts for every evaluation, once, as counted or as dropped', async () => {
    const { clock, answers, sent, sender, count } = scene({ maxBatches: 2, maxRows: 3 });
    const script: readonly Answer[] = ['unreachable', { status: 400 }, { status: 202 }, { status: 503 }, 'unreachable'];
    sender.start();
    let evaluations = 0;
    for (let i = 0; i < 200; i++) {
      if (answers.length === 0) answers.push(script[(i * 7) % script.length] ?? 'unreachable');
      for (let j = 0; j <= i % 5; j++) count(`flag-${(i * j) % 7}`);
      evaluations += (i % 5) + 1;
      await clock.advanceAsync(500);
    }
    answers.length = 0;
    await clock.advanceAsync(120_000);
    const taken = sent.filter((request) => request.taken).map(({ batch }) => batch);
    expect(new Set(taken.map(({ sequence }) => sequence)).size).toBe(taken.length);
    const counted = taken.flatMap(({ rows }) => rows).reduce((sum, row) => sum + row.count, 0);
    const dropped = taken.reduce((sum, batch) => sum + batch.dropped, 0);
    expect(counted + dropped).toBe(evaluations);
    expect(Math.min(counted, dropped)).toBeGreaterThan(50);
  });

  it('flushes everything at once, even while it waits before a retry', async () => {
    const { clock, answers, sent, sender, count } = scene();
    answers.push({ status: 503, retryAfterMs: 100_000 });
    sender.start();
    count('a');
    await clock.advanceAsync(1_000);
    count('b');
    const flushed = sender.flush(2_000);
    await clock.advanceAsync(0);
    expect(await flushed).toBe(true);
    expect(sent.map(({ at, batch }) => [at, batch.sequence])).toEqual([
      [1_000, 1],
      [1_000, 1],
      [1_000, 2],
    ]);
  });

  it('closes by the deadline although the server never answers, and reports what was lost', async () => {
    const { clock, answers, dropped, sender, count } = scene();
    answers.push('never');
    sender.start();
    count('a');
    const closed = sender.close(2_000);
    await clock.advanceAsync(1_999);
    expect(dropped).toEqual([]);
    await clock.advanceAsync(1);
    expect(await closed).toBe(false);
    expect(dropped).toEqual([[1, 'they could not be delivered before closing']]);
    expect(clock.pending()).toBe(0);
  });

  it('sends nothing and sets no timer any more once it was closed', async () => {
    const { clock, sent, sender, count } = scene();
    sender.start();
    count('a');
    const closed = sender.close(2_000);
    await clock.advanceAsync(0);
    expect(await closed).toBe(true);
    count('b');
    sender.start();
    await clock.advanceAsync(60_000);
    expect(sent).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });
});
