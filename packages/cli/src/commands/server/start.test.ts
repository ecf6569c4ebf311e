import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { joined } from '../../../test-support/joined-worker.ts';
import { createTestHost, type TestHost, type TestHostOptions } from '../../../test-support/run-command.ts';
import { CommandFailure } from '../../command-failure.ts';
import type { Output } from '../../output/reporter.ts';
import type { EdgeServerOptions, RunningServer, ServerOptions } from '@flaghoist/server';
import type { WorkerListener } from '@flaghoist/runtime/workers';
import { startWith } from './start.ts';

interface Stage {
  readonly host: TestHost;
  /** What an edge over an upstream was started with. */
  readonly edge: () => EdgeServerOptions | undefined;
  /** What the server was started with. */
  readonly started: () => ServerOptions | undefined;
  readonly stopped: () => number;
  /** The numbers of the workers that were begun, and what each is listened to with. */
  readonly forked: readonly number[];
  readonly listeners: Map<number, WorkerListener<{ readonly url: string }>>;
  /** What this process as a worker said to its primary. */
  readonly said: readonly unknown[];
  /** Resolves when signals are listened to. */
  readonly listening: Promise<void>;
  /** As SIGTERM does. */
  signal(): Promise<unknown>;
  run(options?: { readonly [name: string]: unknown }): Promise<number>;
}

function stage(
  running: Partial<RunningServer> & { readonly failure?: Error } = {},
  hostOptions: TestHostOptions = {},
  asWorker: number | null = null,
  left: readonly number[] = [1],
): Stage {
  const forked: number[] = [];
  const listeners: Stage['listeners'] = new Map();
  const said: unknown[] = [];
  const host = createTestHost(hostOptions);
  const started: ServerOptions[] = [];
  let stops = 0;
  let finish: () => void = () => undefined;
  let stopAll: () => Promise<unknown> = async () => undefined;
  const finished = new Promise<void>((done) => {
    finish = done;
  });
  const startServer = async (options: ServerOptions): Promise<RunningServer> => {
    started.push(options);
    if (running.failure !== undefined) throw running.failure;
    return {
      url: 'http://127.0.0.1:4242',
      metricsUrl: null,
      figures: () => Promise.resolve([]),
      setupUrl: 'http://127.0.0.1:4242/setup#fhi_x',
      keys: options.demo ? { server: 'fhs_x', client: 'fhc_x' } : null,
      async stop() {
        stops += 1;
        finish();
      },
      finished,
      ...running,
    };
  };
  let listens: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => {
    listens = resolve;
  });
  const printing: { output: Output } = { output: 'human' };
  const edges: EdgeServerOptions[] = [];
  const startEdge = (options: EdgeServerOptions): Promise<RunningServer> => {
    edges.push(options);
    return startServer({ ...options, setupUrl: null } as unknown as ServerOptions);
  };
  return {
    host,
    edge: () => edges.at(-1),
    forked,
    listeners,
    listening,
    said,
    started: () => started.at(-1),
    stopped: () => stops,
    signal: () => stopAll(),
    run: (options = {}) =>
      startWith(
        { host, version: '1.2.3', args: [], options, printing },
        {
          loadServer: async () => ({ startServer }),
          loadEdge: async () => ({ startEdge }),
          workersToStart: async (_data, count) => (count === 1 ? left : [1, 2, 5]),
          forkWorker(number, listener) {
            forked.push(number);
            listeners.set(number, listener);
            return { pid: number, ask: async () => [], stop: () => listener.onEnd('code 0'), kill: () => undefined };
          },
          worker: asWorker === null ? null : joined(asWorker, said),
          dashboardFolder: () => '/dashboard/dist',
          onSignals(stop) {
            stopAll = stop;
            listens();
            return () => undefined;
          },
        },
      ),
  };
}

/** Runs until the server is announced, then stops it as a signal would. */
async function announced(theStage: Stage, options?: { readonly [name: string]: unknown }): Promise<string> {
  const done = theStage.run(options);
  await theStage.listening;
  await new Promise(setImmediate);
  await theStage.signal();
  expect(await done).toBe(0);
  expect(theStage.stopped()).toBe(1);
  return theStage.host.out();
}

const failureWith = (code: string, message: string): Error => Object.assign(new Error(message), { code });

describe('start', () => {
  it('starts with the defaults', async () => {
    const theStage = stage();
    await announced(theStage);
    const { logger, canary, ...options } = theStage.started() ?? {};
    expect([logger !== undefined, canary]).toEqual([true, false]);
    expect(options).toEqual({
      data: resolve('flaghoist-data'),
      port: 4242,
      host: '127.0.0.1',
      roles: ['control', 'publisher', 'worker', 'edge'],
      databaseUrl: undefined,
      allowUnsafeDatabase: false,
      publicUrl: undefined,
      secret: undefined,
      trustedProxies: undefined,
      limits: {},
      dashboard: '/dashboard/dist',
      demo: false,
      writeDeadlineMs: 5_000,
      backups: { everyMs: 86_400_000, kept: 7 },
      kept: { minutesMs: 90 * 86_400_000, sumsMs: 800 * 86_400_000 },
      version: '1.2.3',
    });
  });

  it('takes options, the environment and the usual DATABASE_URL', async () => {
    const env = { FLAGHOIST_PORT: '1', FLAGHOIST_ROLES: 'control,edge', DATABASE_URL: 'postgres://db/flags' };
    const theStage = stage({}, { env });
    await announced(theStage, { port: '5000', data: '/data' });
    expect(theStage.started()).toMatchObject({
      port: 5_000,
      data: '/data',
      roles: ['control', 'edge'],
      databaseUrl: 'postgres://db/flags',
    });
    expect(theStage.edge()).toBeUndefined();
  });

  it('starts an edge alone over a database, without the rest of the server', async () => {
    const theStage = stage({}, { env: { DATABASE_URL: 'postgres://db/flags' } });
    await announced(theStage, { roles: 'edge', writeDeadline: '2s' });
    expect(theStage.edge()).toMatchObject({ databaseUrl: 'postgres://db/flags', writeDeadlineMs: 2_000 });
    const demo = stage({}, { env: { DATABASE_URL: 'postgres://db/flags' } });
    await announced(demo, { roles: 'edge', demo: true });
    expect([demo.edge(), demo.started()?.roles]).toEqual([undefined, ['edge']]);
  });

  it('gives every role the address of NATS', async () => {
    const env = { DATABASE_URL: 'postgres://db/flags', NATS_URL: 'tls://n1,n2' };
    const [theStage, edge] = [stage({}, { env }), stage({}, { env })];
    await announced(theStage, { natsCa: '/ca.crt' });
    expect(theStage.started()?.nats).toEqual({ url: 'tls://n1,n2', ca: '/ca.crt' });
    await announced(edge, { roles: 'edge', natsUrl: 'nats://other' });
    expect(edge.edge()).toMatchObject({ nats: { url: 'nats://other' } });
  });

  it('starts an edge that follows another, with a key from the environment or from a file', async () => {
    const env = { FLAGHOIST_RELAY_KEY: 'fhr_x', FLAGHOIST_UPSTREAM: 'http://up:1' };
    const theStage = stage({}, { env });
    await announced(theStage, { roles: 'edge' });
    expect(theStage.edge()).toMatchObject({ upstream: { url: 'http://up:1', relayKey: 'fhr_x' } });
    const other = stage();
    await announced(other, { roles: 'edge', upstream: 'https://up', relayKeyFile: '/key', upstreamCa: '/ca.crt' });
    expect(other.edge()).toMatchObject({ upstream: { relayKeyFile: '/key', tls: { ca: '/ca.crt' } } });
  });

  it('listens with TLS, and does not warn of others then', async () => {
    const theStage = stage();
    await announced(theStage, { host: '0.0.0.0', tlsCert: '/tls.crt', tlsKey: '/tls.key' });
    expect(theStage.started()?.tls).toEqual({ cert: '/tls.crt', key: '/tls.key' });
    expect(theStage.host.err()).not.toContain('without TLS');
  });

  it.each([
    ['other roles', { upstream: 'http://up' }, 'add --roles edge'],
    ['no key', { upstream: 'http://up', roles: 'edge' }, 'FLAGHOIST_RELAY_KEY'],
    ['a database', { upstream: 'http://up', roles: 'edge', databaseUrl: 'postgres://x' }, 'no database'],
    ['NATS', { upstream: 'http://up', roles: 'edge', natsUrl: 'nats://x' }, 'the address of NATS'],
    ['a key without an upstream', { relayKeyFile: '/x' }, 'say which with --upstream'],
    ['certificates without an upstream', { upstreamCa: '/x' }, 'say which with --upstream'],
  ])('does not follow an upstream with %s, and says what to change', async (_, options, message) => {
    const theStage = stage();
    const failure = await theStage.run(options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
    expect([theStage.edge(), theStage.started()]).toEqual([undefined, undefined]);
  });

  it('prints the address, the setup link, and how to make a flag and a key', async () => {
    const out = await announced(stage());
    expect(out).toContain('Flaghoist is running at http://127.0.0.1:4242\n');
    expect(out).toContain("npx flaghoist setup 'http://127.0.0.1:4242/setup#fhi_x'");
    expect(out).toContain('npx flaghoist keys create --kind client -p my-app -e production');
    expect(out).toContain('curl -s http://127.0.0.1:4242/ofrep/v1/evaluate/flags/new-checkout');
    expect(out).toContain("'Authorization: Bearer CLIENT_KEY'");
  });

  it('prints a curl that works with --demo', async () => {
    const out = await announced(stage(), { demo: true });
    expect(out).toContain("'Authorization: Bearer fhc_x'");
    expect(out).toContain('fhs_x');
    expect(out).not.toContain('CLIENT_KEY');
  });

  it('does not speak of setup once it is done', async () => {
    expect(await announced(stage({ setupUrl: null }))).not.toContain('setup');
  });

  it('says nothing of flags in a process that neither manages nor serves them', async () => {
    expect(await announced(stage({ setupUrl: null }), { roles: 'publisher,worker' })).not.toContain('curl');
  });

  it('prints exactly one line with JSON output', async () => {
    expect(await announced(stage(), { output: 'json' })).toBe(
      '{"url":"http://127.0.0.1:4242","setupUrl":"http://127.0.0.1:4242/setup#fhi_x","pid":4711}\n',
    );
    expect(await announced(stage({ setupUrl: null }), { output: 'json', demo: true })).toBe(
      '{"url":"http://127.0.0.1:4242","setupUrl":null,"pid":4711,"keys":{"server":"fhs_x","client":"fhc_x"}}\n',
    );
  });

  it('logs one-liners to standard error, and JSON lines with JSON output', async () => {
    const people = stage();
    const programs = stage();
    await announced(people);
    await announced(programs, { output: 'json' });
    for (const { started } of [people, programs]) {
      started()?.logger.warn({ environment: 'production', n: 1, err: new Error('why') }, 'late');
      started()?.logger.debug('not at this level');
    }
    expect(people.host.err()).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z warn {2}late {2}\(why\) {2}environment=production {2}n=1\n$/,
    );
    expect(JSON.parse(programs.host.err())).toMatchObject({ level: 40, msg: 'late', environment: 'production' });
  });

  it.each([
    ['0.0.0.0', true],
    ['192.168.1.2', true],
    ['::', true],
    ['127.0.0.1', false],
    ['localhost', false],
    ['::1', false],
  ])('on host %s warns that there is no TLS: %s', async (host, warns) => {
    const theStage = stage();
    await announced(theStage, { host });
    expect(theStage.host.err().includes('without TLS')).toBe(warns);
  });

  it('stops when it is asked to before the server runs', async () => {
    const theStage = stage();
    const done = theStage.run();
    const stopping = theStage.signal();
    expect(await done).toBe(0);
    await stopping;
    expect(theStage.stopped()).toBe(1);
  });

  it('lists every wrong setting and does not start', async () => {
    const theStage = stage({}, { env: { FLAGHOIST_PORT: 'abc', FLAGHOIST_DATBASE_URL: 'x' } });
    const failure = await theStage.run({ roles: 'boss' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailure);
    expect(failure).toMatchObject({ exitCode: 2 });
    const { message } = failure as CommandFailure;
    expect(message).toContain('3 settings are wrong');
    expect(message).toContain('environment FLAGHOIST_PORT: ');
    expect(message).toContain('Did you mean FLAGHOIST_DATABASE_URL?');
    expect(message).toContain('option --roles: ');
    expect(theStage.started()).toBeUndefined();
  });

  it.each([
    [
      'an operator’s mistake',
      failureWith('FLAGHOIST_DATA_LOCKED', 'Another process uses it.'),
      'Another process uses it.',
    ],
    ['a port that is taken', failureWith('EADDRINUSE', 'listen EADDRINUSE'), 'port 4242 on 127.0.0.1 is taken'],
    ['an address of another machine', failureWith('EADDRNOTAVAIL', 'listen'), 'no address 127.0.0.1'],
    ['a port that is not permitted', failureWith('EACCES', 'listen EACCES'), 'not permitted'],
    [
      'a failure that was explained',
      new Error('Port 1 is taken.', { cause: failureWith('EADDRINUSE', '') }),
      'Port 1 is taken.',
    ],
  ])('leaves with 1 and a message without a stack for %s', async (_what, failure, message) => {
    const error = await stage({ failure })
      .run()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ exitCode: 1, message: expect.stringContaining(message) });
    expect(error).toBeInstanceOf(CommandFailure);
  });

  it('keeps the stack of a mistake of ours', async () => {
    const failure = new TypeError('x is not a function');
    await expect(stage({ failure }).run()).rejects.toBe(failure);
  });

  it('fails when the server cannot go on', async () => {
    const theStage = stage({ finished: Promise.reject(failureWith('FLAGHOIST_DISK_FULL', 'The disk is full.')) });
    await expect(theStage.run()).rejects.toMatchObject({ exitCode: 1, message: 'The disk is full.' });
  });
});

describe('start with workers', () => {
  const EDGE = { roles: 'edge', workers: '2' };
  const ready = async (theStage: Stage): Promise<void> => {
    await theStage.listening;
    await new Promise(setImmediate);
    for (const listener of theStage.listeners.values()) listener.onReady({ url: 'http://127.0.0.1:4242' });
    await new Promise(setImmediate);
  };

  it('begins the workers there have to be, says once that they are ready, and ends with them', async () => {
    const theStage = stage();
    const done = theStage.run({ ...EDGE, output: 'json' });
    await ready(theStage);
    expect(theStage.forked).toEqual([1, 2, 5]);
    expect(theStage.host.out()).toBe('{"url":"http://127.0.0.1:4242","setupUrl":null,"pid":4711}\n');
    expect(theStage.host.err()).toContain('"workers":[1,2,5]');
    expect(theStage.started()).toBeUndefined();
    await theStage.signal();
    expect(await done).toBe(0);
  });

  it('begins those of an earlier start that have something to hand on, also when one is asked for', async () => {
    const theStage = stage({}, {}, null, [1, 4]);
    const done = theStage.run({ roles: 'edge' });
    await ready(theStage);
    expect(theStage.forked).toEqual([1, 4]);
    await theStage.signal();
    expect(await done).toBe(0);
  });

  it('leaves with why a worker cannot start', async () => {
    const theStage = stage();
    const done = theStage.run(EDGE);
    await theStage.listening;
    await new Promise(setImmediate);
    const [first, ...others] = theStage.listeners.values();
    first?.onFailed(failureWith('FLAGHOIST_TRUSTED_KEYS', 'No such file.'));
    first?.onEnd('code 1');
    for (const other of others) other.onEnd('code 1');
    await expect(done).rejects.toMatchObject({ exitCode: 1, code: 'FLAGHOIST_TRUSTED_KEYS', message: 'No such file.' });
  });

  it.each([['control,edge'], [undefined]])('is wrong use with the roles %s', async (roles) => {
    const theStage = stage();
    await expect(theStage.run({ workers: '2', roles })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('with --roles edge'),
    });
    expect([theStage.forked, theStage.started()]).toEqual([[], undefined]);
  });

  it('as a worker uses a folder of its own and talks to its primary, not to people', async () => {
    const theStage = stage({}, {}, 3);
    expect(await announced(theStage, { ...EDGE, host: '0.0.0.0' })).toBe('');
    expect(theStage.host.err()).toBe('');
    expect(theStage.started()).toMatchObject({ data: resolve('flaghoist-data', 'worker-3'), worker: 3 });
    expect(theStage.said).toEqual([{ url: 'http://127.0.0.1:4242' }, 'left']);
  });

  it('as a worker tells its primary why it cannot start', async () => {
    const theStage = stage({ failure: failureWith('EADDRINUSE', 'listen') }, {}, 1);
    expect(await theStage.run(EDGE)).toBe(1);
    expect(theStage.said).toEqual([
      { code: 'EADDRINUSE', message: expect.stringContaining('port 4242 on 127.0.0.1 is taken') },
      'left',
    ]);
  });
});
