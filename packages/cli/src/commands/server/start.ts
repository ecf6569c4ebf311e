import { resolve } from 'node:path';
import { workerFolder, workersToStart } from '@flaghoist/edge/folders';
import { onSignals } from '@flaghoist/runtime/lifecycle';
import { createLogger, type Logger } from '@flaghoist/runtime/telemetry';
import { createClusterWorkers, type ForkWorker, joinCluster, type WorkerSide } from '@flaghoist/runtime/workers';
import { CommandFailure } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { EdgeServerOptions, RunningServer, ServerOptions } from '@flaghoist/server';
import type { Host } from '../../host.ts';
import type { Invocation } from '../../invocation.ts';
import { isLoopback } from '../../loopback.ts';
import { logLines } from '../../output/log-lines.ts';
import { colorsFor, createReporter } from '../../output/reporter.ts';
import { loadAllSettings, type Settings } from '../../settings.ts';
import { dashboardFolder } from './dashboard-folder.ts';
import { readListenerTls } from './listener-tls.ts';
import { startText } from './start-text.ts';
import { type Listening, mayHaveWorkers, startWorkers } from './start-workers.ts';
import { readNats } from './nats.ts';
import { readUpstream } from './upstream.ts';

export interface ServerParts {
  readonly loadServer: () => Promise<{ startServer(options: ServerOptions): Promise<RunningServer> }>;
  /** Loads nothing of the control plane. */
  readonly loadEdge: () => Promise<{ startEdge(options: EdgeServerOptions): Promise<RunningServer> }>;
  readonly onSignals: (stop: () => Promise<unknown>) => () => void;
  /** Null when the dashboard was not built. */
  readonly dashboardFolder: () => string | null;
  readonly forkWorker: ForkWorker<Listening>;
  readonly workersToStart: typeof workersToStart;
  /** This process as one of several workers; null: it is none. */
  readonly worker: WorkerSide<Listening> | null;
}

export function start(invocation: Invocation<{ readonly [name: string]: unknown }>): Promise<ExitCode> {
  return startWith(invocation, {
    loadServer: () => import('@flaghoist/server'),
    loadEdge: () => import('@flaghoist/server/edge'),
    onSignals,
    dashboardFolder,
    forkWorker: createClusterWorkers(),
    workersToStart,
    worker: joinCluster(),
  });
}

/** Starts a server, says so on standard output, and resolves when it has stopped. */
export async function startWith(
  { host, version, options, printing }: Invocation<{ readonly [name: string]: unknown }>,
  parts: ServerParts,
): Promise<ExitCode> {
  const settings = loadAllSettings(host, options).values;
  printing.output = settings.output;
  const severalMayBe = mayHaveWorkers(settings);
  const tls = readListenerTls(settings);
  const logger = loggerFor(host, settings);
  const { worker } = parts;
  if (worker === null) warnOfReach(logger, settings);
  const data = resolve(settings.data);
  const workers = severalMayBe && worker === null ? await parts.workersToStart(data, settings.workers) : [];
  if (workers.length > 1) {
    const say = (listening: Pick<Announced, 'url' | 'metricsUrl'>) =>
      announce(host, settings, { ...listening, setupUrl: null, keys: null });
    const { forkWorker, onSignals: onStop } = parts;
    const random = (): number => host.random();
    const metrics = metricsOf(settings);
    return startWorkers({ workers, forkWorker, onSignals: onStop, random, metrics, tls, logger, say });
  }
  const starting = launch(parts, settings, logger, version);
  const stop = async (): Promise<void> => {
    const running = await starting;
    await running.stop();
  };
  const forget = parts.onSignals(stop);
  // A start that failed is told below.
  worker?.onStop(() => void stop().catch(() => undefined));
  try {
    const server = await starting;
    worker?.onAsked(() => server.figures());
    if (worker === null) announce(host, settings, server);
    else worker.ready({ url: server.url });
    await server.finished;
    return EXIT.ok;
  } catch (error) {
    const failure = operatorFailure(error, settings);
    if (worker === null || !(failure instanceof CommandFailure)) throw failure;
    worker.failed(failure);
    return failure.exitCode;
  } finally {
    forget();
    worker?.leave();
  }
}

/** With several workers each has a folder of its own. */
async function launch(parts: ServerParts, settings: Settings, logger: Logger, version: string): Promise<RunningServer> {
  const { worker } = parts;
  const { port, host, publicUrl, trustedProxies, trustedKeys, canary } = settings;
  const data = resolve(settings.data);
  const common = {
    data: worker === null ? data : workerFolder(data, worker.number),
    ...(worker === null ? {} : { worker: worker.number }),
    port,
    host,
    tls: readListenerTls(settings),
    publicUrl,
    trustedProxies,
    trustedKeys,
    canary,
    metrics: metricsOf(settings),
    limits: { key: settings.keyRateLimit, address: settings.addressRateLimit, principal: settings.apiRateLimit },
    logger: worker === null ? logger : logger.child({ worker: worker.number }),
    version,
  };
  const upstream = readUpstream(settings);
  const above = upstream === null ? databaseOfEdge(settings) : { upstream };
  if (above !== null) {
    const edge = await parts.loadEdge();
    return edge.startEdge({ ...common, ...above });
  }
  const dashboard = parts.dashboardFolder();
  if (dashboard === null && worker === null)
    logger.warn('The dashboard is not built, so this server has none: npm run build makes it.');
  const server = await parts.loadServer();
  return server.startServer({
    ...common,
    roles: settings.roles,
    databaseUrl: settings.databaseUrl,
    allowUnsafeDatabase: settings.allowUnsafeDatabase,
    nats: readNats(settings),
    secret: settings.secret,
    signingKey: settings.signingKey === undefined ? undefined : resolve(settings.signingKey),
    dashboard,
    demo: settings.demo,
    writeDeadlineMs: settings.writeDeadline,
    backups: { everyMs: settings.backupEvery, kept: settings.backupsKept },
    kept: { minutesMs: settings.countsKept, sumsMs: settings.sumsKept },
  });
}

function warnOfReach(logger: Logger, { host, tlsCert, metricsPort, metricsHost }: Settings): void {
  if (tlsCert === undefined && !isLoopback(host))
    logger.warn(
      { host },
      'The server can be reached from other machines without TLS: give it a certificate with --tls-cert, or put a proxy with TLS in front of it.',
    );
  if (metricsPort !== undefined && !isLoopback(metricsHost))
    logger.warn(
      { metricsHost },
      'The metrics can be read from other machines, without a key: see that only those reach the port that should.',
    );
}

function metricsOf({ metricsPort, metricsHost }: Settings) {
  return metricsPort === undefined ? undefined : { host: metricsHost, port: metricsPort };
}

/** Null: this process is no edge alone over a database. */
function databaseOfEdge(settings: Settings) {
  const { roles, databaseUrl, demo, allowUnsafeDatabase, writeDeadline: writeDeadlineMs } = settings;
  const isEdge = roles.every((role) => role === 'edge') && !demo;
  return isEdge && databaseUrl !== undefined
    ? { databaseUrl, allowUnsafeDatabase, writeDeadlineMs, nats: readNats(settings) }
    : null;
}

type Announced = Pick<RunningServer, 'url' | 'metricsUrl' | 'setupUrl' | 'keys'>;

function announce(host: Host, settings: Settings, server: Announced): void {
  const reporter = createReporter(host, settings.output);
  const ready = {
    url: server.url,
    ...(server.metricsUrl === null ? {} : { metricsUrl: server.metricsUrl }),
    setupUrl: server.setupUrl,
    pid: host.pid,
    ...(settings.demo ? { keys: server.keys } : {}),
  };
  if (settings.output === 'json') reporter.line(ready, () => '');
  else host.stdout.write(startText(server, settings, reporter.colors));
}

function loggerFor(host: Host, { logLevel, output }: Settings): Logger {
  const destination = output === 'json' ? host.stderr : logLines(host.stderr, colorsFor(host.stderr, host.env));
  return createLogger({ level: logLevel, name: 'flaghoist', destination });
}

/** What an operator can mend is said in one message; anything else is a mistake of ours and keeps its stack. */
function operatorFailure(error: unknown, settings: Settings): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code !== undefined) {
    if (code.startsWith('FLAGHOIST_')) return new CommandFailure(EXIT.failed, code, error.message);
    const explanation = explain(code, settings);
    return explanation === undefined ? error : new CommandFailure(EXIT.failed, code, explanation);
  }
  // Whoever wrapped a failure of the system has explained it.
  const wrapped = codeOf(error.cause);
  const isMendable = wrapped !== undefined && explain(wrapped, settings) !== undefined;
  return isMendable ? new CommandFailure(EXIT.failed, wrapped, error.message) : error;
}

function explain(code: string, { host, port, data }: Settings): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken: is a server running already? Choose another with --port; 0 takes a free one.`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}. Give one of its own with --host.`;
    case 'EACCES':
    case 'EPERM':
      return `this user is not permitted to listen on port ${port}, or to write in the folder ${data}. Choose others with --port, --data.`;
    case 'ENOSPC':
      return `the disk that holds the folder ${data} is full.`;
    default:
      return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
