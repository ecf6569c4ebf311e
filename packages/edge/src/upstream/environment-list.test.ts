import type { RelayEnvironments } from '@flaghoist/protocol/ruleset';
import { createFakeClock } from '@flaghoist/testkit';
import { expect, it } from 'vitest';
import { EnvironmentList } from './environment-list.ts';
import { UpstreamRefusal } from './upstream-requests.ts';

const LIST: RelayEnvironments = { environments: ['env-1'], withdrawn: [] };

function scene() {
  const time = createFakeClock(0);
  const asked: number[] = [];
  let answer: () => Promise<RelayEnvironments> = () => Promise.resolve(LIST);
  const list = new EnvironmentList({
    ask: () => {
      asked.push(time.now());
      return answer();
    },
    held: () => ['env-1'],
    timers: { after: (ms, run) => time.setTimeout(run, ms), now: time.now },
    random: () => 0.5,
    onAnswer: () => undefined,
    onFailure: () => undefined,
  });
  /** How long after the one before each question came. */
  const waits = (): readonly number[] => asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
  const failing = (status: number, headers = {}) => {
    answer = () => Promise.reject(new UpstreamRefusal('GET environments', { status, headers }));
  };
  return { time, asked, list, waits, failing };
}

it('is asked for at the pace of heartbeats, with waits after failures, and every five minutes when the key is refused', async () => {
  const { time, asked, list, waits, failing } = scene();
  list.start();
  await time.advanceAsync(31_000);
  expect(waits()).toEqual([15_000, 15_000]);
  failing(500);
  asked.length = 0;
  await time.advanceAsync(90_000);
  expect(waits().slice(0, 9)).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  failing(503, { 'retry-after': '60' });
  asked.length = 0;
  await time.advanceAsync(200_000);
  expect(waits().slice(0, 2)).toEqual([75_000, 75_000]);
  failing(401);
  asked.length = 0;
  await time.advanceAsync(700_000);
  expect(waits().slice(0, 1)).toEqual([315_000]);
  await list.stop();
  asked.length = 0;
  await time.advanceAsync(700_000);
  expect(asked).toEqual([]);
});

it('is looked at once when there is reason to, and then not for a second, however much reason', async () => {
  const { time, asked, list } = scene();
  list.start();
  await time.advanceAsync(5_000);
  for (let i = 0; i < 10; i++) list.doubt();
  await time.advanceAsync(900);
  expect(asked).toEqual([0, 5_000]);
  await time.advanceAsync(200);
  expect(asked).toEqual([0, 5_000, 6_000]);
  await list.stop();
});
