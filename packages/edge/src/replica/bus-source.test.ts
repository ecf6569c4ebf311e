import { sha256 } from '@flaghoist/runtime/crypto';
import { createFakeClock } from '@flaghoist/testkit';
import { expect, it } from 'vitest';
import { MemoryLog } from '../../test-support/memory-bus.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { pause } from '../node-timers.ts';
import { BusSource } from './bus-source.ts';

it('the bus is asked at once for whoever needs something newer, and then together every 250 ms, however many do', async () => {
  const clock = createFakeClock();
  let requests = 0;
  const log = new MemoryLog();
  log.follow = () => ({ request: () => requests++, stop: () => Promise.resolve() });
  const timers = { after: (ms: number, run: () => void) => clock.setTimeout(run, ms), now: clock.now };
  const source = new BusSource({ log, sha256, timers, pause, limits: DEFAULT_LIMITS });
  const nothing = () => undefined;
  source.start({ onEnvironments: nothing, onUnavailable: nothing, onNews: nothing, onWithdrawn: nothing });
  await clock.advanceAsync(0);
  const askOften = () => {
    for (let i = 0; i < 100; i++) source.ask();
    return requests;
  };
  expect(askOften()).toBe(1);
  clock.advance(249);
  expect(askOften()).toBe(1);
  clock.advance(1);
  expect(askOften()).toBe(2);
  clock.advance(250);
  expect(requests).toBe(3);
  clock.advance(10_000);
  expect(requests).toBe(3);
  source.ask();
  expect(requests).toBe(4);
  source.ask();
  await source.stop();
  clock.advance(10_000);
  expect(requests).toBe(4);
});
