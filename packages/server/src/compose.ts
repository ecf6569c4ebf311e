/** Who meets whom: the only place that makes adapters and connects modules, bus and edge, by role. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WorkQueue } from '@flaghoist/bus';
import { type CheckSignature, createMoments } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { createEdge, DEFAULT_LIMITS, type Edge } from '@flaghoist/edge';
import { rulesetsFolder, spoolFolder } from '@flaghoist/edge/folders';
import type { Status } from '@flaghoist/protocol/management';
import type { ClientAddress } from '@flaghoist/runtime/limits';
import { createListener, type ListenerOptions, type Mount, sendProblem } from '@flaghoist/runtime/http';
import type { Lifecycle } from '@flaghoist/runtime/lifecycle';
import type { Figures } from '@flaghoist/runtime/telemetry';
import type { ServerTls } from '@flaghoist/runtime/tls';
import { type Control, createControl } from './api/control.ts';
import { createProbes } from './api/probes.ts';
import { createDatabaseCheck, readinessOf } from './api/readiness.ts';
import { createBus, type ServerBus } from './compose/bus.ts';
import { createCandidateWatch } from './modules/candidates/index.ts';
import { certificateSeries, shownBelow } from './compose/certificate-series.ts';
import { figuresOf, serverSeries, startMetrics } from './compose/metrics.ts';
import { readHeads } from './modules/audit/index.ts';
import { createUsageFolder, keyExists } from './modules/access/index.ts';
import { createReceiptFolder } from './modules/fleet/index.ts';
import { isLoopbackHost, loadInstallationSecret, readPublicUrl } from './modules/identity/index.ts';
import { createAddress } from './client-addresses.ts';
import { describeHost } from './running-host.ts';
import { createFolder, EXPOSURE_QUEUE } from './modules/insights/index.ts';
import {
  CandidatePublisher,
  createLeaseStore,
  createPublicationReads,
  createPublicationStore,
  EVERY_ENVIRONMENT,
  Gate,
  type Leases,
  Publisher,
  readOutbox,
  SharedLeases,
} from './modules/publishing/index.ts';
import { createModules, type Modules } from './modules.ts';
import { ApiCounts } from './platform/api-counts.ts';
import { type Database, sql } from './platform/database.ts';
import { RequestLimits } from './platform/request-limits.ts';
import { edgeQuotas, managementQuotas } from './request-rates.ts';
import { startHousekeeping } from './platform/housekeeping.ts';
import type { ServerOptions } from './server-options.ts';
import type { SignatureKeys } from './signature-keys.ts';

interface Composing extends ServerOptions {
  readonly database: Database;
  readonly lifecycle: Lifecycle;
  readonly signing: SignatureKeys;
  /** Absent: plain HTTP. */
  readonly listenerTls?: ServerTls | undefined;
  /** Null: this process makes no backups. */
  readonly backupStatus: () => Status['backups'];
}

const LISTENER_STOP_MS = 3_000;
const HEARTBEAT_MS = 15_000;

export interface Composed {
  readonly url: string;
  readonly modules: Modules;
  readonly metricsUrl: string | null;
  readonly figures: () => Promise<Figures>;
}

export async function compose(options: Composing): Promise<Composed> {
  const { database, lifecycle, logger, roles, signing } = options;
  const now = (): Date => new Date();
  const has = (role: ServerOptions['roles'][number]): boolean => roles.includes(role);
  const regex = createRegexEngine();
  const moment = createMoments({ now: Date.now, random: Math.random });
  const address = createAddress(options);
  const identity = has('control') ? await prepareIdentity(options, address) : null;
  const modules = createModules({ ...database, now, regex, moment, kept: options.kept, identity });
  const bus = await createBus({ database, nats: options.nats, logger });
  lifecycle.add({ name: 'bus', drain: () => bus.drain(), stop: () => bus.stop() });

  const leases = createLeases(options, modules);
  const publisher = has('publisher') ? await startPublisher(options, modules, bus, leases) : null;
  const worker = has('worker') ? startWorker(options, modules, bus, now) : { folders: [], receipts: null };
  const edge = has('edge') ? await startEdge(options, bus, { address, signatures: signing.signatures }) : null;
  const status = createStatus(options, { modules, publisher, edge, bus, startedAt: now().toISOString() });
  const counts = has('control') ? new ApiCounts() : null;
  const control = counts
    ? await createControl({
        counts,
        modules,
        standby: database.standby,
        log: bus.log,
        listen: (channel, wake) => database.listen(channel, wake),
        logger,
        version: options.version,
        limits: new RequestLimits({
          quotas: managementQuotas(options.limits ?? {}),
          // A clock that was set back would leave every bucket empty.
          now: () => performance.now(),
          address,
        }),
        now,
        status,
        dashboard: options.dashboard,
        heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      })
    : null;
  if (control) {
    await control.start();
    lifecycle.add({ name: 'management API', drain: () => control.drain(), stop: () => control.stop() });
    const stop = startHousekeeping({ forgetOld: async () => (await modules.identity?.forgetOld()) ?? 0, logger });
    lifecycle.add({ name: 'identity housekeeping', stop });
  }

  const parts = { ...worker, publisher, leases, edge, api: counts };
  const shown = shownBelow(options.databaseUrl, options.nats);
  const figures = () =>
    figuresOf({ version: options.version, roles: options.roles, ready: status.ready }, async () => [
      await certificateSeries(options.listenerTls, shown),
      ...(await serverSeries({
        ...parts,
        readOutbox: () => readOutbox(database.reports),
        replication: () => database.replication(),
        readAudit: () => readHeads(database.reports),
        busState: () => bus.status(),
        queued: () => countQueued(bus),
      })),
    ]);
  const metricsUrl = await startMetrics(options, options.listenerTls, lifecycle, figures);
  const mounts: Mount[] = [createProbes(status.probe, options.worker ?? null), ...(edge ? [edge] : [])];
  const { listenerTls: tls } = options;
  const fallback = controlOrNothing(control, tls);
  const listener = createListener({ host: options.host, port: options.port, mounts, fallback, logger, tls });
  const { url } = await listener.start();
  lifecycle.add({ name: 'listener', drain: async () => edge?.drain(), stop: () => listener.stop(LISTENER_STOP_MS) });
  return { url, modules, metricsUrl, figures };
}

/** A change is published once a failover cannot lose it any more. */
function readConfirmed(database: Database, changes: Modules['changes']): Modules['changes']['writtenAfter'] {
  return async (...asked) => {
    const written = await changes.writtenAfter(...asked);
    if (written.length > 0) await database.confirmed();
    return written;
  };
}

async function prepareIdentity(
  { database, data, secret, publicUrl, host, listenerTls }: Composing,
  address: ClientAddress,
) {
  return {
    address,
    certificate: listenerTls === undefined ? null : { covers: (name: string) => listenerTls.current.covers(name) },
    publicUrl: readPublicUrl(publicUrl),
    secret: await loadInstallationSecret({ db: database.db, data, given: secret }),
    data,
    onLoopback: isLoopbackHost(host),
  };
}

/** The embedded database belongs to one process, which publishes everything. */
function createLeases({ database, logger }: Composing, { changes }: Modules): Leases {
  if (database.kind === 'embedded') return EVERY_ENVIRONMENT;
  const store = createLeaseStore(database.db);
  return new SharedLeases({ store, changes, logger, host: describeHost(), monotonicMs: () => performance.now() });
}

async function startPublisher(
  options: Composing,
  modules: Modules,
  bus: ServerBus,
  leases: Leases,
): Promise<Publisher> {
  const { database, logger, signing, lifecycle } = options;
  const { changes, candidates } = modules;
  const store = createPublicationStore(database.db, changes);
  const publisher = new Publisher({
    database,
    store,
    changes: { ...changes, writtenAfter: readConfirmed(database, changes) },
    log: bus.log,
    logger,
    now: () => new Date(),
    gate: new Gate(),
    get signingKey() {
      return signing.signingKey;
    },
    leases,
    ...(bus.onLoss === null ? {} : { onLoss: bus.onLoss }),
  });
  await publisher.start();
  lifecycle.add({ name: 'publisher', stop: () => publisher.stop() });
  const beside = new CandidatePublisher({
    database,
    store,
    changes,
    log: bus.log,
    logger,
    gate: new Gate(),
    get signingKey() {
      return signing.signingKey;
    },
    refuse: candidates.refuse,
  });
  await beside.start();
  lifecycle.add({ name: 'candidates on the bus', stop: () => beside.stop() });
  return publisher;
}

function startWorker(options: Composing, modules: Modules, bus: ServerBus, now: () => Date) {
  const folding = (queue: WorkQueue) => ({ db: options.database.reports, queue, logger: options.logger, now });
  const deps = folding(bus.queue);
  const exposures = [createFolder(deps)];
  const receipts = createReceiptFolder(deps);
  const others = [createUsageFolder(deps), receipts];
  // Receipts of before are said again by their edges, and a queue without any says that all are counted.
  if (bus.queueBefore !== null) {
    const before = folding(bus.queueBefore);
    exposures.push(createFolder(before));
    others.push(createUsageFolder(before));
  }
  for (const folder of [...exposures, ...others]) {
    folder.start();
    options.lifecycle.add({ name: 'worker', stop: () => folder.stop() });
  }
  const watch = createCandidateWatch({ candidates: modules.candidates, logger: options.logger });
  options.lifecycle.add({ name: 'candidates', stop: () => watch.stop() });
  const forgetOld = async (): Promise<number> =>
    (await modules.changes.forgetOld()) +
    (await modules.changes.forgetContents()) +
    (await modules.presence.forgetOld()) +
    (await modules.fleet.forgetOld());
  const tidying = { housekeeping: forgetOld, 'housekeeping of counts': () => modules.retention.forgetOld() };
  for (const [name, run] of Object.entries(tidying)) {
    const stop = startHousekeeping({ forgetOld: run, logger: options.logger });
    options.lifecycle.add({ name, stop });
  }
  return { folders: exposures, receipts };
}

async function startEdge(
  options: Composing,
  bus: Pick<ServerBus, 'log' | 'queue'>,
  { address, signatures }: { readonly address: ClientAddress; readonly signatures: CheckSignature | null },
): Promise<Edge> {
  const edge = createEdge({
    log: bus.log,
    queue: bus.queue,
    canary: options.canary ?? false,
    spoolDir: spoolFolder(options.data),
    rulesetDir: rulesetsFolder(options.data),
    logger: options.logger,
    instance: randomUUID(),
    version: options.version,
    host: describeHost(),
    address,
    ...(signatures === null ? {} : { signatures }),
    limits: edgeQuotas(options.limits ?? {}, DEFAULT_LIMITS),
    confirmKey: async (id) => ((await keyExists(options.database.db, id)) ? 'known' : 'unknown'),
  });
  await edge.start();
  options.lifecycle.add({ name: 'edge', stop: () => edge.stop() });
  return edge;
}

function createStatus(
  options: Composing,
  parts: {
    readonly modules: Modules;
    readonly publisher: Publisher | null;
    readonly edge: Edge | null;
    readonly bus: ServerBus;
    readonly startedAt: string;
  },
) {
  const { edge, publisher, startedAt } = parts;
  const publications = createPublicationReads(options.database.db);
  const summary = () => ({
    version: options.version,
    roles: options.roles,
    database: options.database.description,
    startedAt,
    ready: edge?.status().ready ?? true,
  });

  async function full(): Promise<Status> {
    const [bus, durability] = await Promise.all([parts.bus.status(), options.database.durability()]);
    const environments = await parts.modules.projects.environments.all();
    const lines = new Map((await parts.modules.changes.lines()).map((line) => [line.environmentId, line]));
    const published = await publications.all();
    const edgeStatus = edge?.status();
    const served = new Map(edgeStatus?.environments.map((one) => [one.id, one]));
    return {
      ...summary(),
      roles: [...options.roles],
      durability,
      environments: environments.map(({ id, project, key }) => {
        const own = publisher?.publishes(id) === true ? publisher.status(id) : null;
        const known = published.get(id);
        const at = served.get(id);
        return {
          project,
          environment: key,
          epoch: lines.get(id)?.epoch ?? 1,
          revision: lines.get(id)?.revision ?? 0,
          published: own?.revision ?? known?.revision ?? 0,
          publisher: own === null ? (known?.publisher ?? null) : describeHost(),
          edge: edge === null ? null : (at?.revision ?? 0),
          streams: at?.streams ?? 0,
          problem: own?.problem ?? known?.problem ?? at?.refused?.message ?? null,
        };
      }),
      bus,
      exposures: {
        spooled: edgeStatus?.spool.waitingBytes ?? 0,
        queued: bus.acknowledgement === null ? null : await countQueued(parts.bus),
      },
      reconciled: publisher?.reconciled ?? null,
      backups: options.backupStatus(),
      certificate: options.listenerTls?.status() ?? null,
    };
  }

  const readiness = {
    roles: options.roles,
    edge,
    stopping: () => options.lifecycle.stopping,
    certificate: () => options.listenerTls?.status(),
    databaseAnswers: createDatabaseCheck(
      () => sql`select 1`.execute(options.database.db),
      () => performance.now(),
    ),
  };
  const probe = (role: string | null) => readinessOf(readiness, role);
  const ready = async (): Promise<boolean> => (await probe(null)).problems.length === 0;

  return { summary, full, probe, ready };
}

/** Null: the bus does not say. It is asked only where it has just answered, because that may take seconds. */
async function countQueued({ queue, queueBefore }: ServerBus): Promise<number | null> {
  try {
    const depths = [queue, queueBefore].map(async (one) => (await one?.depth(EXPOSURE_QUEUE)) ?? 0);
    return (await Promise.all(depths)).reduce((sum, depth) => sum + depth, 0);
  } catch {
    return null;
  }
}

function controlOrNothing(
  control: Pick<Control, 'api'> | null,
  tls: ServerTls | undefined,
): ListenerOptions['fallback'] {
  return (request, response) => {
    if (tls !== undefined) insistOnTls(request, response);
    if (control === null) nothingHere(response);
    else control.api.routing(request, response);
  };
}

/** Browsers remember it for every port of a name: not said at names that all programs of a machine share. */
function insistOnTls({ headers: { host = '' } }: IncomingMessage, response: ServerResponse): void {
  if (/[a-z]$/i.test(host.replace(/:\d+$/, '')) && !/^localhost(?::|$)/i.test(host))
    response.setHeader('strict-transport-security', 'max-age=15552000');
}

function nothingHere(response: ServerResponse): void {
  const detail = 'This process does not have the role control.';
  sendProblem(response, { status: 404, code: 'not_found', title: 'Not found', detail });
}
