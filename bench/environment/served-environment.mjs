// @ts-check
import { createServer } from 'node:http';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { createEdge } from '@flaghoist/edge';
import { createFlag, keyOf } from './flags.mjs';
import { createServerKey, flagLine, History } from './history.mjs';
import { DISCARDING_QUEUE, MemoryLog } from './memory-bus.mjs';

const DAY_MS = 86_400_000;

/**
 * The real edge in this process, serving one environment of so many flags over HTTP.
 *
 * @param {{ flags: number; spoolDir: string; sha256?: (text: string) => string }} options `sha256`: the edge's own.
 */
export async function serveEnvironment({ flags, spoolDir, ...options }) {
  const history = new History();
  const key = createServerKey();
  const lines = Array.from({ length: flags }, (_, number) => flagLine(createFlag(number)));
  const text = history.change([...lines, key.line]);
  const log = new MemoryLog();
  await log.append({ stream: history.id, id: messageId(history), checkpoint: true, body: Buffer.from(text) });
  const edge = createEdge({
    log,
    queue: DISCARDING_QUEUE,
    spoolDir,
    rulesetDir: `${spoolDir}-rulesets`,
    logger: createLogger({ level: 'warn', name: 'edge', destination: process.stderr }),
    instance: randomBytes(16).toString('base64url'),
    confirmKey: () => Promise.resolve('unknown'),
    sha256: options.sha256 ?? sha256,
    // A head repeated in between is part of no change.
    limits: { heartbeatMs: DAY_MS },
  });
  await edge.start();
  const server = createServer((request, response) => {
    if (!edge.handle(request, response)) response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    key: key.text,
    edge,
    /** The texts of all flags, in no order. */
    texts: () => [...history.entities.values()].flatMap(({ kind, json }) => (kind === 'flag' && json ? [json] : [])),
    /**
     * Makes the next revision, which changes one flag and nothing else; it is not published yet.
     *
     * @param {number} number Of the flag.
     * @param {string} description Its new one.
     */
    prepareChange(number, description) {
      const line = flagLine(createFlag(number, description));
      const body = Buffer.from(history.change([line]));
      const message = { stream: history.id, id: messageId(history), checkpoint: false, body };
      return {
        flag: keyOf(number),
        revision: history.revision,
        flagBytes: Buffer.byteLength(line.json),
        publish: () => void log.append(message),
      };
    },
    async close() {
      server.closeAllConnections();
      await edge.stop();
      await new Promise((resolve) => server.close(() => resolve(null)));
    },
  };
}

/** @param {History} history */
function messageId({ id, revision }) {
  return `${id}.1.${revision}`;
}
