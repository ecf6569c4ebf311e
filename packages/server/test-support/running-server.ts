/** The whole program in this process, set up, with an admin's hands on its management API. */
import { randomUUID } from 'node:crypto';
import { createLifecycle } from '@flaghoist/runtime/lifecycle';
import { compose } from '../src/compose.ts';
import type { Database } from '../src/platform/database.ts';
import { migrate, readMigrations } from '../src/platform/migrations.ts';
import type { ServerOptions } from '../src/server-options.ts';
import { startServer } from '../src/start.ts';
import { type ApiAnswer, type ApiClient, createApiClient, expectStatus } from './api-client.ts';
import { type CapturedLog, captureLog } from './captured-log.ts';
import type { DatabasePlace } from './database-place.ts';

export interface RunningServerUnderTest {
  readonly url: string;
  /** The setup secret; null once setup was completed. */
  readonly setup: string | null;
  readonly client: ApiClient;
  readonly log: CapturedLog;
  stop(): Promise<void>;
}

/** What differs from a server that is just started. */
export interface StartedWith {
  readonly publicUrl?: string;
  readonly secret?: string;
  readonly data?: string;
  readonly heartbeatMs?: number;
  readonly writeDeadlineMs?: number;
  /** Whether its edge tries candidates. */
  readonly canary?: boolean;
}

export async function startOn(place: DatabasePlace, options: StartedWith = {}): Promise<RunningServerUnderTest> {
  const log = captureLog();
  const server = await startServer(optionsOf(place, log, options));
  return underTest(server.url, server.setupUrl?.split('#')[1] ?? null, log, () => server.stop());
}

/** The same over a database that the test looks into itself; it is closed when the server stops. */
export async function composeOn(
  place: DatabasePlace,
  options: StartedWith = {},
): Promise<{ readonly server: RunningServerUnderTest; readonly database: Database }> {
  const log = captureLog();
  const database = await place.open(log.logger);
  await migrate(database, await readMigrations());
  const lifecycle = createLifecycle({ logger: log.logger, drainMs: 1_000, stopMs: 1_000 });
  const { url, modules } = await compose({
    ...optionsOf(place, log, options),
    backupStatus: () => null,
    signing: { signingKey: null, signatures: null },
    database,
    lifecycle,
  });
  const setup = (await modules.identity?.setup.invite()) ?? null;
  const server = underTest(url, setup, log, async () => {
    await lifecycle.stop();
    await database.close();
  });
  return { server, database };
}

function optionsOf(place: DatabasePlace, log: CapturedLog, options: StartedWith): ServerOptions {
  return {
    data: place.data,
    port: 0,
    host: '127.0.0.1',
    roles: ['control', 'publisher', 'worker', 'edge'],
    databaseUrl: place.databaseUrl,
    dashboard: null,
    demo: false,
    logger: log.logger,
    version: '0.0.0-test',
    ...options,
  };
}

function underTest(
  url: string,
  setup: string | null,
  log: CapturedLog,
  stop: () => Promise<void>,
): RunningServerUnderTest {
  const client = createApiClient(url);
  return {
    url,
    setup,
    client,
    log,
    async stop() {
      client.close();
      await stop();
    },
  };
}

export interface WriteOptions {
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
  readonly reason?: string;
  readonly confirm?: string;
  readonly token?: string;
}

/** Requests of one person; throws when an answer is not the expected one. */
export interface Hands {
  readonly token: string;
  get<Body>(path: string, status?: number): Promise<Readonly<Body>>;
  write<Body>(method: 'POST' | 'PATCH', path: string, body?: unknown, options?: WriteOptions): Promise<Readonly<Body>>;
  /** The whole answer, whatever it is. */
  send(method: string, path: string, body?: unknown, options?: WriteOptions): Promise<ApiAnswer>;
}

/** Paths begin below `/api/v1`. A POST has to be answered 201, unless it archives or revokes; everything else 200. */
export function handsOf(client: ApiClient, token: string): Hands {
  const send = (method: string, path: string, body?: unknown, options: WriteOptions = {}): Promise<ApiAnswer> => {
    const headers = {
      ...(method === 'GET' ? {} : { 'idempotency-key': options.idempotencyKey ?? randomUUID() }),
      ...(options.ifMatch === undefined ? {} : { 'if-match': options.ifMatch }),
      ...(options.reason === undefined ? {} : { 'flaghoist-reason': encodeURIComponent(options.reason) }),
      ...(options.confirm === undefined ? {} : { 'flaghoist-confirm': options.confirm }),
    };
    return client.send({ method, path: `/api/v1${path}`, token: options.token ?? token, body, headers });
  };
  return {
    token,
    send,
    get: async <Body>(path: string, status = 200) => expectStatus<Body>(await send('GET', path), status),
    async write<Body>(
      method: 'POST' | 'PATCH',
      path: string,
      body?: unknown,
      options?: WriteOptions,
    ): Promise<Readonly<Body>> {
      const isCreation = method === 'POST' && !/\/(?:archive|revoke|evaluate|remove)$/.test(path);
      return expectStatus<Body>(await send(method, path, body, options), isCreation ? 201 : 200);
    },
  };
}

/** Completes the setup; answers the first admin's hands. */
export async function setUp(server: RunningServerUnderTest): Promise<Hands> {
  if (server.setup === null) throw new Error('this server is set up already');
  const body = { setup: server.setup, name: 'first admin' };
  const answer = await server.client.send({ method: 'POST', path: '/api/v1/setup', body });
  return handsOf(server.client, expectStatus<{ readonly secret: string }>(answer, 201).secret);
}
