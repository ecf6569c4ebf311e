/** What a process says of itself to whoever operates it, put together from its parts. */
import type { Edge } from '@flaghoist/edge';
import { ENGINE } from '@flaghoist/protocol/ruleset';
import type { Status } from '@flaghoist/protocol/management';
import type { Lifecycle } from '@flaghoist/runtime/lifecycle';
import type { ServerTls } from '@flaghoist/runtime/tls';
import { createMetricsListener } from '@flaghoist/runtime/metrics';
import {
  counter,
  type Figures,
  gauge,
  type Logger,
  readFigures,
  type Sample,
  samplesOf,
  type Series,
} from '@flaghoist/runtime/telemetry';
import type { AuditHeads } from '../modules/audit/index.ts';
import type { ReceiptFolder } from '../modules/fleet/index.ts';
import type { ExposureFolder } from '../modules/insights/index.ts';
import type { Leases, OutboxLine, Publisher } from '../modules/publishing/index.ts';
import type { Replication } from '../platform/database.ts';
import type { ServerOptions } from '../server-options.ts';

/** For the database and for the bus: a scrape is answered in time, whatever hangs. */
const ASK_MS = 1_500;
const STOP_MS = 1_000;
/** As with an edge: more have no series of their own. */
const LABELLED_ENVIRONMENTS = 200;

export interface ProcessParts {
  readonly version: string;
  readonly roles: readonly string[];
  readonly ready: () => Promise<boolean>;
}

/** Of any process. */
export async function processSeries({ version, roles, ready }: ProcessParts): Promise<readonly Series[]> {
  const labels = { version, roles: [...roles].sort().join(',') };
  return [
    gauge('build_info', 'What runs.', [{ value: 1, labels }], 'max'),
    gauge('processes', 'Processes behind the port that answered in time.', 1),
    gauge('ready', '1: /readyz answers 200.', Number(await ready()), 'min'),
    gauge('engine_version', 'The newest rulesets that this version can evaluate.', ENGINE, 'min'),
  ];
}

export interface ServerParts {
  readonly readOutbox: () => Promise<readonly OutboxLine[]>;
  readonly busState: () => Promise<Status['bus']>;
  readonly queued: () => Promise<number | null>;
  readonly publisher: Pick<Publisher, 'reconciled'> | null;
  /** Which environments are this process's to publish. */
  readonly leases: Pick<Leases, 'holds'>;
  readonly folders: readonly Pick<ExposureFolder, 'counts'>[];
  /** Null: this process folds no receipts. */
  readonly receipts: Pick<ReceiptFolder, 'deliveries'> | null;
  readonly replication: () => Promise<Replication | null>;
  readonly readAudit: () => Promise<AuditHeads>;
  readonly edge: Pick<Edge, 'series'> | null;
  /** Of the management API; null: there is none. */
  readonly api: { series(): readonly Series[] } | null;
}

/** Of a process over a database. Never rejects; what cannot be asked in time is left out, and `up` says so. */
export async function serverSeries(parts: ServerParts): Promise<readonly Series[]> {
  const { publisher, folders, receipts, edge, api } = parts;
  const [outbox, bus, replication, audit] = await Promise.all([
    inTime(parts.readOutbox()),
    inTime(parts.busState()),
    inTime(parts.replication()),
    api === null ? null : inTime(parts.readAudit()),
  ]);
  const isBusUp = bus !== null && bus.problem === null;
  const queued = isBusUp && folders.length > 0 ? await inTime(parts.queued()) : null;
  return merge([
    gauge('database_up', '1: the database answered.', Number(outbox !== null), 'min'),
    gauge('bus_up', '1: the bus answered.', Number(isBusUp), 'min'),
    ...replicationSeries(replication),
    ...(api === null ? [] : auditSeries(audit)),
    ...(outbox === null || publisher === null ? [] : outboxSeries(outbox, parts.leases)),
    ...(publisher === null ? [] : publisherSeries(publisher)),
    ...(folders.length === 0 ? [] : folderSeries(folders, queued)),
    ...(receipts === null ? [] : deliverySeries(receipts)),
    ...(edge?.series() ?? []),
    ...(api?.series() ?? []),
  ]);
}

function outboxSeries(outbox: readonly OutboxLine[], leases: Pick<Leases, 'holds'>): readonly Series[] {
  const own = outbox.filter(({ environmentId }) => leases.holds(environmentId)).length;
  const nobodys = outbox.filter(({ environmentId, isTaken }) => !isTaken && !leases.holds(environmentId)).length;
  const of = (read: (line: OutboxLine) => number): readonly Sample[] =>
    outbox
      .slice(0, LABELLED_ENVIRONMENTS)
      .map((line) => ({ value: read(line), labels: { environment: line.environmentId } }));
  const behind = outbox.reduce((sum, { revision, published }) => sum + Math.max(0, revision - published), 0);
  const oldest = Math.max(0, ...outbox.map(({ waitsSeconds }) => waitsSeconds ?? 0));
  return [
    gauge('control_environments', 'Environments in the database.', outbox.length, 'max'),
    gauge(
      'control_ruleset_revision',
      'Revision that is committed.',
      of(({ revision }) => revision),
      'max',
    ),
    gauge(
      'published_ruleset_revision',
      'Revision that is on the bus.',
      of(({ published }) => published),
      'max',
    ),
    gauge('publisher_environments', 'Environments that this process publishes.', own),
    gauge('publisher_missing_environments', 'Environments that nobody publishes.', nobodys, 'max'),
    gauge('outbox_unpublished', 'Revisions that are committed and not on the bus.', behind, 'max'),
    gauge('outbox_oldest_unpublished_seconds', 'Since the oldest of them was written.', oldest, 'max'),
  ];
}

function publisherSeries({ reconciled }: Pick<Publisher, 'reconciled'>): readonly Series[] {
  const { at, republished, mismatches } = reconciled;
  const seconds = at === null ? 0 : new Date(at).getTime() / 1_000;
  return [
    gauge('reconciled_timestamp_seconds', 'When bus and database were last compared; 0: not yet.', seconds, 'max'),
    counter('reconcile_republished_total', 'Rulesets that the bus had lost.', republished),
    counter('reconcile_mismatch_total', 'Environments found with something else on the bus.', mismatches),
  ];
}

function folderSeries(folders: readonly Pick<ExposureFolder, 'counts'>[], queued: number | null): readonly Series[] {
  const sum = (read: (counts: ExposureFolder['counts']) => number): number =>
    folders.reduce((total, { counts }) => total + read(counts), 0);
  const dropped = samplesOf('reason', [
    ['unreadable', sum(({ unreadable }) => unreadable)],
    ['refused_by_database', sum(({ refused }) => refused)],
  ]);
  return [
    counter(
      'exposure_batches_stored_total',
      'Batches whose counts are in the database.',
      sum(({ stored }) => stored),
    ),
    counter(
      'exposure_batches_deduplicated_total',
      'Batches that had come before.',
      sum((one) => one.deduplicated),
    ),
    counter('exposure_batches_dropped_total', 'Batches that were left out.', dropped),
    counter(
      'exposures_dropped_by_senders_total',
      'Exposures that SDKs had no room for.',
      sum((one) => one.lostBySenders),
    ),
    ...(queued === null ? [] : [gauge('exposure_batches_queued', 'Batches on the bus.', queued, 'max')]),
  ];
}

/** `replication` null: there is no other server, or none can be asked. */
function replicationSeries(replication: Replication | null): readonly Series[] {
  const of = (read: (one: Replication) => number | null): readonly Sample[] => {
    const value = replication === null ? null : read(replication);
    return value === null ? [] : [{ value }];
  };
  return [
    gauge(
      'database_timeline',
      'Timeline of the server that takes writes.',
      of(({ timeline }) => timeline),
      'max',
    ),
    gauge(
      'database_standbys',
      'Standbys that are connected to it.',
      of(({ standbys }) => standbys),
      'min',
    ),
    gauge(
      'database_synchronous',
      '1: writes wait for a standby.',
      of(({ isSynchronous }) => Number(isSynchronous)),
      'min',
    ),
    gauge(
      'database_waiting_writes',
      'Writes that wait for a standby now.',
      of(({ waiting }) => waiting),
      'max',
    ),
    gauge(
      'database_standby_lag_bytes',
      'How far the nearest standby is behind.',
      of(({ lagBytes }) => lagBytes),
      'max',
    ),
    gauge(
      'database_rivals',
      '1: another server takes writes that must not.',
      of(({ hasRival }) => Number(hasRival)),
      'max',
    ),
  ];
}

function auditSeries(heads: AuditHeads | null): readonly Series[] {
  if (heads === null) return [];
  const { entries, newestSeconds, broken } = heads;
  return [
    gauge('audit_entries', 'Entries of all audit chains.', entries, 'max'),
    gauge(
      'audit_head_timestamp_seconds',
      'When the newest entry was written.',
      newestSeconds === null ? [] : [{ value: newestSeconds }],
      'max',
    ),
    gauge('audit_heads_broken', 'Audit chains that do not end with their head.', broken, 'max'),
  ];
}

function deliverySeries({ deliveries }: Pick<ReceiptFolder, 'deliveries'>): readonly Series[] {
  const samples = deliveries.samples({ stage: 'edge' });
  const help = 'From the commit of a revision until an edge served it.';
  return [{ name: 'propagation_seconds', kind: 'histogram', help, samples }];
}

/** Edge and management API count the same things at different doors: one series of each name. */
function merge(series: readonly Series[]): readonly Series[] {
  const merged = new Map<string, Series>();
  for (const one of series) {
    const known = merged.get(one.name);
    merged.set(one.name, known === undefined ? one : { ...known, samples: [...known.samples, ...one.samples] });
  }
  return [...merged.values()];
}

/** Null: it failed, or was not there in time. */
async function inTime<T>(asked: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ASK_MS);
  });
  try {
    return await Promise.race([asked.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Answers on the port for metrics, where there is one; resolves with its address. Several workers have one together. */
export async function startMetrics(
  { metrics, worker, logger }: Pick<ServerOptions, 'metrics' | 'worker'> & { readonly logger: Logger },
  tls: ServerTls | undefined,
  lifecycle: Lifecycle,
  figures: () => Promise<Figures>,
): Promise<string | null> {
  if (metrics === undefined || worker !== undefined) return null;
  const listener = createMetricsListener({ ...metrics, read: async () => [await figures()], logger, tls });
  const { url } = await listener.start();
  lifecycle.add({ name: 'metrics', stop: () => listener.stop(STOP_MS) });
  return `${url}/metrics`;
}

/** Figures of a process, from what its parts say when it is asked. */
export async function figuresOf(process: ProcessParts, parts: () => Promise<readonly Series[]>): Promise<Figures> {
  return readFigures([...(await processSeries(process)), ...(await parts())]);
}
