import { createFakeClock } from '@flaghoist/testkit';
import { describe, expect, it } from 'vitest';
import { createFollower } from './follower.ts';

/** A follower whose calls end when the test says so. */
function setUp(options: { readonly auto: boolean }) {
  const clock = createFakeClock();
  const calls: { readonly at: number; readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const errors: unknown[] = [];
  const follower = createFollower({
    pollMs: 1_000,
    startTimer: clock.setTimeout,
    onError: (error) => errors.push(error),
    wake: () =>
      new Promise((resolve, reject) => {
        calls.push({ at: clock.now(), end: resolve, fail: reject });
        if (options.auto) resolve();
      }),
  });
  return { clock, calls, errors, follower };
}

describe('createFollower', () => {
  it('calls at once, then each poll interval, without any request', async () => {
    const { clock, calls, follower } = setUp({ auto: true });
    await clock.advanceAsync(3_500);
    expect(calls.map((call) => call.at)).toEqual([0, 1_000, 2_000, 3_000]);
    await follower.stop();
  });

  it('calls at once when asked to, and polls one interval after that', async () => {
    const { clock, calls, follower } = setUp({ auto: true });
    await clock.advanceAsync(400);
    follower.request();
    await clock.advanceAsync(1_000);
    expect(calls.map((call) => call.at)).toEqual([0, 400, 1_400]);
    await follower.stop();
  });

  it('turns any number of requests made during a call into one more call after it', async () => {
    const { clock, calls, follower } = setUp({ auto: false });
    for (let i = 0; i < 50; i += 1) follower.request();
    await clock.advanceAsync(100);
    expect(calls).toHaveLength(1);
    calls[0]?.end();
    await clock.advanceAsync(0);
    expect(calls).toHaveLength(2);
    calls[1]?.end();
    await clock.advanceAsync(0);
    expect(calls).toHaveLength(2);
    await follower.stop();
  });

  it('begins the call that fell due during a long one when the long one ends', async () => {
    const { clock, calls, follower } = setUp({ auto: false });
    await clock.advanceAsync(5_200);
    expect(calls).toHaveLength(1);
    calls[0]?.end();
    await clock.advanceAsync(0);
    expect(calls.map((call) => call.at)).toEqual([0, 5_200]);
    calls[1]?.end();
    await clock.advanceAsync(1_000);
    expect(calls.map((call) => call.at)).toEqual([0, 5_200, 6_200]);
    calls[2]?.end();
    await follower.stop();
  });

  it('reports what a call throws and goes on', async () => {
    const { clock, calls, errors, follower } = setUp({ auto: false });
    const broken = new Error('database away');
    calls[0]?.fail(broken);
    await clock.advanceAsync(1_000);
    expect(errors).toEqual([broken]);
    expect(calls).toHaveLength(2);
    calls[1]?.end();
    await follower.stop();
  });

  it('goes on when even the report throws', async () => {
    const clock = createFakeClock();
    let calls = 0;
    const follower = createFollower({
      pollMs: 1_000,
      startTimer: clock.setTimeout,
      wake: () => {
        calls += 1;
        throw new Error('thrown before any promise');
      },
      onError: () => {
        throw new Error('broken log');
      },
    });
    await clock.advanceAsync(2_000);
    expect(calls).toBe(3);
    await follower.stop();
  });

  it('waits for a running call when stopped, and begins none after', async () => {
    const { clock, calls, follower } = setUp({ auto: false });
    follower.request();
    let stopped = false;
    const stopping = follower.stop().then(() => {
      stopped = true;
    });
    await clock.advanceAsync(10_000);
    expect(stopped).toBe(false);
    calls[0]?.end();
    await stopping;
    follower.request();
    await clock.advanceAsync(10_000);
    expect(calls).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });
});
