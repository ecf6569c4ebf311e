/** A follower over a fake clock, a simulated server and a store in memory. */
import { evaluate } from '@flaghoist/evaluator';
import { createFakeClock } from '@flaghoist/testkit';
import {
  createSha256,
  flag,
  type PublishedEnvironment,
  segment,
  sha256,
} from '@flaghoist/testkit/published-environment';
import { createFollower } from '../src/follower.ts';
import type { FollowerOptions } from '../src/follower-options.ts';
import { placeOf } from '../src/place.ts';
import { formatStored } from '../src/stored-ruleset.ts';
import type { Failure } from '../src/transport.ts';
import { MemoryStore } from './memory-store.ts';
import { SimulatedServer } from './simulated-server.ts';

export const DOWN: Failure = { status: null, retryAfterMs: null, message: 'ECONNREFUSED' };
export const INITIAL = [flag('checkout', 'off'), flag('for-beta', 'off', 'beta'), segment('beta', ['ann'])];

export const pause = (): Promise<void> => Promise.resolve();

export function scene({
  store = new MemoryStore(),
  ...options
}: Partial<FollowerOptions> & { store?: MemoryStore } = {}) {
  const clock = createFakeClock(1_000_000);
  const server = new SimulatedServer(clock, INITIAL);
  const said: string[] = [];
  const follower = createFollower({
    sha256,
    transport: server.transport,
    timers: { after: (ms, run) => clock.setTimeout(run, ms), now: clock.now },
    random: () => 0.5,
    regex: null,
    onReady: () => said.push('ready'),
    onFresh: () => said.push('fresh'),
    onStale: () => said.push('stale'),
    onChanged: (keys) => said.push(`changed ${keys.join(' ')}`),
    onProblem: ({ code }) => said.push(`!${code}`),
    lastGood: { store, createHasher: createSha256, pause },
    ...options,
  });
  const variant = (key: string, targetingKey = 'bob') =>
    evaluate(follower.ruleset.ruleset, key, { targetingKey }).variant;
  const heard = (): readonly string[] => said.splice(0);
  const requests = () => server.requests.splice(0).map(({ what }) => what.split(' ')[0]);
  const start = async (): Promise<void> => {
    await follower.start();
    await clock.advanceAsync(100);
  };
  return { clock, server, follower, store, variant, heard, requests, start };
}

export async function stored(environment: PublishedEnvironment): Promise<string> {
  const full = environment.full();
  const place = placeOf(full.head, environment.headHash);
  return (await formatStored(createSha256(), full, place, 0, pause)).join('');
}

export function storeWith(text: string): MemoryStore {
  const store = new MemoryStore();
  store.newer = text;
  return store;
}
