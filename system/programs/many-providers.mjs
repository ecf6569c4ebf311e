// @ts-check
/** As many applications as told, in one process: each with a provider of its own, which follows one environment. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { createInterface } from 'node:readline';
import { FlaghoistProvider } from '@flaghoist/openfeature-server';

const { url, key, count } = JSON.parse(process.argv[2] ?? '{}');
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

/** Whose doing a request is: the attempts of this follower that nobody has answered or given up. */
const asker = /** @type {AsyncLocalStorage<Set<import('node:http').ClientRequest>>} */ (new AsyncLocalStorage());
/** Since it was last told: attempts to follow, how many of one follower were under way at once, and nobody's. */
let seen = { attempts: 0, mostInFlight: 0, unknown: 0 };

subscribe('http.client.request.start', (message) => {
  const { request } = /** @type {{ request: import('node:http').ClientRequest }} */ (message);
  // Receipts go beside it.
  if (!/^\/native\/v1\/(?:stream|ruleset)\b/.test(request.path)) return;
  const inFlight = asker.getStore();
  seen.attempts += 1;
  if (inFlight === undefined) {
    seen.unknown += 1;
    return;
  }
  // What was given up is over at once; that it is closed is heard a moment later.
  for (const before of inFlight) if (before.destroyed) inFlight.delete(before);
  inFlight.add(request);
  seen.mostInFlight = Math.max(seen.mostInFlight, inFlight.size);
  const end = () => inFlight.delete(request);
  request.once('response', end).once('close', end);
});

const providers = Array.from({ length: count }, () => new FlaghoistProvider(options));
await Promise.all(
  providers.map((provider) => asker.run(new Set(), () => provider.initialize().catch(() => undefined))),
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
 * @param {'answering' | 'holding' | 'attempts'} ask
 * @param {number} revision
 */
function answerTo(ask, revision) {
  if (ask === 'answering') return providers.filter((one) => one.evaluate('counter').value !== undefined).length;
  if (ask === 'holding')
    return providers.filter(({ token }) => Number(token?.split('.').at(-1) ?? 0) === revision).length;
  const told = seen;
  seen = { attempts: 0, mostInFlight: 0, unknown: 0 };
  return told;
}
