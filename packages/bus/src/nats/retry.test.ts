import { describe, expect, it } from 'vitest';
import { NatsUnavailable } from './connection.ts';
import { inParallel, retrying } from './retry.ts';

const never = new AbortController().signal;
const away = (): Promise<never> => Promise.reject(new NatsUnavailable('away'));

describe('asking again', () => {
  it('goes on until there is an answer', async () => {
    let asked = 0;
    const answer = await retrying({ withinMs: 60_000, stopped: never, random: () => 0 }, async () => {
      asked += 1;
      return asked < 4 ? away() : asked;
    });
    expect(answer).toBe(4);
  });

  it('ends with the last failure when the time is over', async () => {
    const began = performance.now();
    await expect(retrying({ withinMs: 60, stopped: never, random: () => 1 }, away)).rejects.toThrow('away');
    // The next attempt would have been too late.
    expect(performance.now() - began).toBeGreaterThanOrEqual(20);
  });

  it('asks once when nothing may be tried again, and says why', async () => {
    let asked = 0;
    const ask = (error: Error, stopped = never): Promise<unknown> =>
      retrying({ withinMs: 60_000, stopped, random: () => 0 }, () => {
        asked += 1;
        return Promise.reject(error);
      });
    await expect(ask(new Error('refused'))).rejects.toThrow('refused');
    await expect(ask(new NatsUnavailable('away'), AbortSignal.abort())).rejects.toThrow('away');
    expect(asked).toBe(2);
  });

  it('ends at once when it is stopped while it waits', async () => {
    const stopping = new AbortController();
    const asking = retrying({ withinMs: 600_000, stopped: stopping.signal, random: () => 1 }, async () => {
      queueMicrotask(() => stopping.abort());
      return away();
    });
    await expect(asking).rejects.toThrow('away');
  });
});

describe('work in parallel', () => {
  it('answers in order, and never does more at once than it may', async () => {
    let busy = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (item, index) => {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, item));
      busy -= 1;
      return `${index}:${item}`;
    });
    expect(results).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3']);
    expect(most).toBe(2);
  });

  it('begins nothing more once something failed', async () => {
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('two');
    });
    await expect(work).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
  });
});
