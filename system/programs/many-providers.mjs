// @ts-check
/** As many applications as told, in one process: each with a provider of its own, which follows one environment. */
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

const providers = Array.from({ length: count }, () => new FlaghoistProvider(options));
await Promise.all(providers.map((provider) => provider.initialize().catch(() => undefined)));

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ask } = JSON.parse(line);
  if (ask === 'close') break;
  const answer =
    ask === 'revisions'
      ? { revisions: providers.map(({ token }) => Number(token?.split('.').at(-1) ?? 0)) }
      : { answers: providers.filter((provider) => provider.evaluate('counter').value !== undefined).length };
  process.stdout.write(`${JSON.stringify({ id, answer })}\n`);
}
await Promise.all(providers.map((provider) => provider.onClose()));
// Nothing more is asked: what is open there would keep this process.
process.stdin.destroy();
