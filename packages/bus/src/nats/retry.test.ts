import { describe, expect, it } from 'vitest';
import { NatsUnavailable, NobodyThere } from './connection.ts';
import { JetStreamRefused } from './jetstream.ts';
import { createRetrying, inParallel, type Retrying } from './retry.ts';

const LONG_MS = 600_000;
const away = (): Promise<never> => Promise.reject(new NatsUnavailable('away'));

function make({ stopped = new AbortController().signal, random = 0 } = {}) {
  const heard = { forgotten: 0 };
  const retrying: Retrying = createRetrying({ stopped, random: () => random, forget: () => void heard.forgotten++ });
  return { retrying, heard };
}

describe('asking again', () => {
  it('goes on until there is an answer', async () => {
    const { retrying, heard } = make();
    let asked = 0;
    const answer = await retrying(LONG_MS, async () => {
      asked += 1;
      return asked < 4 ? away() : asked;
    });
    expect(answer).toBe(4);
    expect(heard.forgotten).toBe(0);
  });

  it.each([
    new NobodyThere('no stream'),
    new JetStreamRefused(10059, 'no stream'),
    new JetStreamRefused(10014, 'none'),
  ])('forgets what was remembered of a stream or consumer that is gone: %s', async (gone) => {
    const { retrying, heard } = make();
    let asked = 0;
    await retrying(LONG_MS, async () => {
      asked += 1;
      expect(heard.forgotten).toBe(asked - 1);
      if (asked < 3) throw gone;
    });
    expect(asked).toBe(3);
  });

  it('ends with the last failure when the time is over', async () => {
    const began = performance.now();
    await expect(make({ random: 1 }).retrying(60, away)).rejects.toThrow('away');
    // The next attempt would have been too late.
    expect(performance.now() - began).toBeGreaterThanOrEqual(20);
  });

  it('asks once when nothing may be tried again, and says why', async () => {
    let asked = 0;
    const ask = (error: Error, { retrying } = make()): Promise<unknown> =>
      retrying(LONG_MS, () => {
        asked += 1;
        return Promise.reject(error);
      });
    await expect(ask(new Error('refused'))).rejects.toThrow('refused');
    await expect(ask(new JetStreamRefused(10077, 'too large'))).rejects.toThrow('too large');
    await expect(ask(new NatsUnavailable('away'), make({ stopped: AbortSignal.abort() }))).rejects.toThrow('away');
    expect(asked).toBe(3);
  });

  it('ends at once when it is stopped while it waits', async () => {
    const stopping = new AbortController();
    const asking = make({ stopped: stopping.signal, random: 1 }).retrying(LONG_MS, async () => {
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
