import { describe, expect, it } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

describe('createFakeClock', () => {
  it('fires timers in order of their time, each at exactly its time', () => {
    const clock = createFakeClock(1_000);
    const fired: [string, number][] = [];
    clock.setTimeout(() => fired.push(['late', clock.now()]), 30);
    clock.setTimeout(() => fired.push(['early', clock.now()]), 10);
    clock.setTimeout(() => fired.push(['early too', clock.now()]), 10);
    clock.advance(29);
    expect(fired).toEqual([
      ['early', 1_010],
      ['early too', 1_010],
    ]);
    clock.advance(1);
    expect(fired.at(-1)).toEqual(['late', 1_030]);
    expect(clock.now()).toBe(1_030);
    expect(clock.pending()).toBe(0);
  });

  it('fires what a timer sets within the same advance, and nothing that was cancelled', () => {
    const clock = createFakeClock();
    const fired: number[] = [];
    const cancel = clock.setTimeout(() => fired.push(-1), 5);
    clock.setTimeout(() => {
      fired.push(clock.now());
      clock.setTimeout(() => fired.push(clock.now()), 10);
    }, 10);
    cancel();
    clock.advance(20);
    expect(fired).toEqual([10, 20]);
  });

  it('runs chains of timers and promises through with advanceAsync', async () => {
    const clock = createFakeClock();
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.setTimeout(resolve, ms));
    const seen: number[] = [];
    const loop = (async () => {
      for (let i = 0; i < 3; i += 1) {
        await sleep(100);
        seen.push(clock.now());
      }
    })();
    await clock.advanceAsync(300);
    await loop;
    expect(seen).toEqual([100, 200, 300]);
  });

  it('stops a timer that sets itself again at once', () => {
    const clock = createFakeClock();
    const again = (): void => void clock.setTimeout(again, 0);
    again();
    expect(() => clock.advance(1)).toThrow('sets itself again');
  });
});
