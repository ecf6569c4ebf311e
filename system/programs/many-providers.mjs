// @ts-check
/** As many applications as told, in one process: each with a provider of its own, which follows one environment. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { createInterface } from 'node:readline';
import { FlaghoistProvider } from '@flaghoist/openfeature-server';

const { url, key, count } = JSON.parse(process.argv[2] ?? '{}');
const AT_ONCE = 25;
const none = () => undefined;
const logger = { error: none, warn: none, info: none, debug: none };
// What they count stays with them: it is not what is looked at.
const options = {
  url,
  key,
  dataDir: /** @type {const} */ (false),
  initTimeoutMs: 60_000,
  flushIntervalMs: 600_000,
  logger,
};

/** @typedef {{ inFlight: Set<import('node:http').ClientRequest>; followsSince: number | null }} Follower */
/** Whose doing a request is: its attempts that nobody has answered or given up, and when one was answered well. */
const asker = /** @type {AsyncLocalStorage<Follower>} */ (new AsyncLocalStorage());
/** Since it was last told: attempts to follow, how many of one follower were under way at once, and nobody's. */
let seen = { attempts: 0, mostInFlight: 0, unknown: 0 };

subscribe('http.client.request.start', (message) => {
  const { request } = /** @type {{ request: import('node:http').ClientRequest }} */ (message);
  // Receipts go beside it.
  if (!/^\/native\/v1\/(?:stream|ruleset)\b/.test(request.path)) return;
  const follower = asker.getStore();
  seen.attempts += 1;
  if (follower === undefined) {
    seen.unknown += 1;
    return;
  }
  const { inFlight } = follower;
  // What was given up is over at once; that it is closed is heard a moment later.
  for (const before of inFlight) if (before.destroyed) inFlight.delete(before);
  inFlight.add(request);
  seen.mostInFlight = Math.max(seen.mostInFlight, inFlight.size);
  const end = () => inFlight.delete(request);
  request.once('close', end).once('response', ({ statusCode }) => {
    end();
    if (statusCode === 200 || statusCode === 304) follower.followsSince ??= Date.now();
  });
});

const providers = Array.from({ length: count }, () => new FlaghoistProvider(options));
const followers = providers.map(startsFresh);
// One group after the other: the storm comes later.
for (let i = 0; i < providers.length; i += AT_ONCE)
  await Promise.all(
    providers.slice(i, i + AT_ONCE).map((provider, at) => {
      const follower = followers[i + at] ?? startsFresh();
      return asker.run(follower, () => provider.initialize().catch(() => undefined));
    }),
  );

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ask, revision } = JSON.parse(line);
  if (ask === 'close') break;
  process.stdout.write(`${JSON.stringify({ id, answer: answerTo(ask, revision) })}\n`);
}
await Promise.all(providers.map((provider) => provider.onClose()));
// Nothing more is asked: what is open there would keep this process.
process.stdin.destroy();

/**
 * @param {'answering' | 'holding' | 'attempts' | 'followed'} ask
 * @param {number} revision
 */
function answerTo(ask, revision) {
  if (ask === 'answering') return providers.filter((one) => one.evaluate('counter').value !== undefined).length;
  if (ask === 'holding')
    return providers.filter(({ token }) => Number(token?.split('.').at(-1) ?? 0) === revision).length;
  if (ask === 'followed') return followers.map(({ followsSince }) => followsSince);
  const told = seen;
  for (const follower of followers) follower.followsSince = null;
  seen = { attempts: 0, mostInFlight: 0, unknown: 0 };
  return told;
}

/** @returns {Follower} */
function startsFresh() {
  return { inFlight: new Set(), followsSince: null };
}
