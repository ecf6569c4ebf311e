/** An edge alone in this process, with a ruleset in its folder that an earlier start has left there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFollower, type LogMessage } from '@flaghoist/bus';
import type { ReadableLog } from '@flaghoist/edge';
import { mintSecret } from '@flaghoist/protocol/keys';
import { formatBlock } from '@flaghoist/protocol/ruleset';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { freePort } from '@flaghoist/testkit';
import { flag, PublishedEnvironment } from '@flaghoist/testkit/published-environment';
import { type Above, startEdgeProcess } from '../src/compose/edge-process.ts';
import type { EdgeProcessOptions } from '../src/server-options.ts';

const STREAM = 'env_1';

export interface KeptEdge {
  readonly options: EdgeProcessOptions;
  /** Publishes that the flag `a` is on or off, with the next revision. */
  publish(variant: 'on' | 'off'): void;
  /** Starts an edge that reads what was published, and stops it again: its folder then holds that. */
  keep(): Promise<void>;
  /** What the edge follows once `bus` is there. */
  above(bus: Promise<unknown>, more?: Partial<Above>): Above;
  /** The value of the flag; the status when it is not 200; null when nobody listens. */
  ask(): Promise<boolean | number | null>;
  readiness(): Promise<{ readonly status: number; readonly body: unknown }>;
  remove(): Promise<void>;
}

export async function createKeptEdge(logger: Logger): Promise<KeptEdge> {
  const data = await mkdtemp(join(tmpdir(), 'flaghoist-kept-'));
  const port = await freePort();
  const options: EdgeProcessOptions = { data, port, host: '127.0.0.1', logger, version: '1.0.0' };
  const key = mintSecret('server', randomBytes(40), sha256);
  const access = JSON.stringify({ id: key.id, kind: 'server', sha256: key.sha256 });
  const published = new PublishedEnvironment(STREAM);
  const messages: LogMessage[] = [];
  const publish = (variant: 'on' | 'off'): void => {
    published.publish([flag('a', variant), { kind: 'key', key: key.id, json: access }]);
    const { headText, entities } = published.full(true);
    const position = messages.length + 1;
    const body = Buffer.from(formatBlock(headText, entities, null));
    messages.push({ stream: STREAM, position, id: `${position}`, checkpoint: true, body });
  };
  const url = `http://127.0.0.1:${port}`;
  const above: KeptEdge['above'] = (bus, more = {}) => ({
    follow: {
      log: logOf(messages, bus),
      queue: { push: () => Promise.resolve() },
      confirmKey: () => Promise.resolve('unknown'),
    },
    shown: {},
    ...more,
  });
  return {
    options,
    publish,
    above,
    async keep() {
      const edge = await startEdgeProcess({ ...options, port: 0 }, above(Promise.resolve()));
      await edge.stop();
    },
    async ask() {
      const headers = { 'x-api-key': key.text };
      const answer = await fetch(`${url}/ofrep/v1/evaluate/flags/a`, { method: 'POST', headers }).catch(() => null);
      if (answer === null) return null;
      const { value } = (await answer.json()) as { readonly value?: boolean };
      return answer.status === 200 ? (value ?? null) : answer.status;
    },
    async readiness() {
      const answer = await fetch(`${url}/readyz`);
      return { status: answer.status, body: await answer.json() };
    },
    remove: () => rm(data, { recursive: true, force: true }),
  };
}

function logOf(messages: readonly LogMessage[], bus: Promise<unknown>): ReadableLog {
  const there = async <T>(read: () => T): Promise<T> => {
    await bus;
    return read();
  };
  return {
    heads: () =>
      there(() => {
        const { position, id } = messages.at(-1) ?? { position: 0, id: '' };
        return new Map(position === 0 ? [] : [[STREAM, { position, id }]]);
      }),
    readAfter: (_stream, position, limit) =>
      there(() => messages.filter((message) => message.position > position).slice(0, limit)),
    readFromCheckpoint: () => there(() => messages.slice(-1)),
    follow: (wake) => createFollower({ wake: () => wake(new Set()), pollMs: 50, onError: () => undefined }),
  };
}
