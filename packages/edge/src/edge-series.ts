/** What an edge counts, for whoever operates it. Nothing here names a flag, a key or a context. */
import { counter, gauge, type Sample, samplesOf, type Series } from '@flaghoist/runtime/telemetry';
import type { Gate } from './access/gate.ts';
import type { DoorCounts } from './doors/door-counts.ts';
import type { NativeDoor } from './doors/native/native-door.ts';
import type { RelayStreams } from './doors/native/relay-streams.ts';
import type { Streams } from './doors/native/streams.ts';
import type { EdgeStatus, EnvironmentStatus } from './edge-status.ts';
import type { EvaluationCounters } from './intake/evaluation-counters.ts';
import type { ExposureIntake } from './intake/exposure-intake.ts';
import type { Replica } from './replica/replica.ts';

export interface CountedParts {
  readonly replica: Pick<Replica, 'counts'>;
  readonly gate: Gate;
  readonly native: NativeDoor;
  readonly doors: { readonly native: DoorCounts; readonly ofrep: DoorCounts };
  readonly streams: Streams;
  readonly relays: RelayStreams;
  readonly counters: EvaluationCounters;
  readonly intake: ExposureIntake;
}

/** More environments than these, by the order of their ids, have no series of their own. */
export const LABELLED_ENVIRONMENTS = 200;

const REASONS = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR'];

/** `now`: milliseconds since 1970. */
export function edgeSeries(parts: CountedParts, status: EdgeStatus, now: number): readonly Series[] {
  return [
    ...rulesetSeries(parts, status.environments, now),
    ...streamSeries(parts, status),
    ...requestSeries(parts, status),
    ...exposureSeries(parts, status),
  ];
}

function rulesetSeries(
  { replica }: CountedParts,
  environments: readonly EnvironmentStatus[],
  now: number,
): readonly Series[] {
  const sorted = [...environments].sort((a, b) => (a.id < b.id ? -1 : 1));
  const of = (read: (one: EnvironmentStatus) => number | null): readonly Sample[] =>
    sorted.slice(0, LABELLED_ENVIRONMENTS).flatMap((one) => {
      const value = read(one);
      return value === null ? [] : [{ value, labels: { environment: one.id } }];
    });
  const ages = sorted.flatMap(({ ageMs }) => (ageMs === null ? [] : [ageMs / 1_000]));
  const { rejected, loaded, fileProblems } = replica.counts;
  return [
    gauge('edge_environments', 'Environments that the edge follows.', sorted.length, 'max'),
    gauge(
      'edge_environments_unlabelled',
      'Environments beyond the limit, without series of their own.',
      Math.max(0, sorted.length - LABELLED_ENVIRONMENTS),
      'max',
    ),
    gauge('edge_environments_refusing', 'Environments whose newest ruleset is refused.', count(sorted), 'max'),
    gauge(
      'edge_ruleset_revision',
      'Revision that is served.',
      of(({ revision }) => revision),
      'min',
    ),
    gauge(
      'edge_ruleset_epoch',
      'Epoch that is served.',
      of(({ epoch }) => epoch),
      'min',
    ),
    gauge(
      'edge_ruleset_confirmed_timestamp_seconds',
      'When what is served was last known to be the newest.',
      of(({ ageMs }) => (ageMs === null ? null : (now - ageMs) / 1_000)),
      'min',
    ),
    gauge(
      'edge_ruleset_oldest_seconds',
      'Since the oldest of the rulesets was confirmed.',
      Math.max(0, ...ages),
      'max',
    ),
    counter('ruleset_rejected_total', 'Rulesets that were refused.', samplesOf('reason', rejected)),
    counter('lkg_load_total', 'Copies on disk that a start began with.', samplesOf('result', Object.entries(loaded))),
    counter('lkg_problems_total', 'Problems with the copies on disk.', fileProblems),
  ];
}

function count(environments: readonly EnvironmentStatus[]): number {
  return environments.filter(({ refused }) => refused !== undefined).length;
}

function streamSeries({ streams, relays, native }: CountedParts, status: EdgeStatus): readonly Series[] {
  const byKind = (sdk: number, relay: number): readonly Sample[] =>
    samplesOf('kind', [
      ['sdk', sdk],
      ['relay', relay],
    ]);
  return [
    gauge('stream_connections', 'Open streams.', byKind(streams.size, relays.size)),
    counter('stream_opened_total', 'Streams that were opened.', byKind(streams.opened, relays.opened)),
    counter(
      'stream_rejected_total',
      'Streams that were not opened.',
      samplesOf('reason', Object.entries(native.refusedStreams)),
    ),
    counter('stream_evicted_slow_total', 'Streams cut because nobody read them.', byKind(streams.cut, relays.cut)),
    gauge('edge_waiting_requests', 'Requests that wait for a revision.', status.waiting),
  ];
}

function requestSeries({ doors, gate, counters }: CountedParts, status: EdgeStatus): readonly Series[] {
  const { reasons } = counters;
  const byDoor = (read: (door: DoorCounts) => number): readonly Sample[] =>
    Object.entries(doors).map(([door, counts]) => ({ value: read(counts), labels: { door } }));
  return [
    counter(
      'requests_total',
      'Requests.',
      byDoor(({ requests }) => requests),
    ),
    counter(
      'request_failures_total',
      'Requests that were answered 500.',
      byDoor(({ failures }) => failures),
    ),
    {
      name: 'request_duration_seconds',
      kind: 'histogram',
      help: 'How long requests took, streams left out; at the doors of the edge one of 16.',
      samples: Object.entries(doors).flatMap(([door, { durations }]) => durations.samples({ door })),
    },
    counter('auth_failures_total', 'Requests that were refused for their key.', samplesOf('kind', gate.failures)),
    counter('rate_limited_total', 'Requests too many.', samplesOf('kind', Object.entries(status.refused))),
    counter('evaluations_total', 'Evaluations at the OFREP door.', samplesOf('reason', reasons, REASONS)),
    counter('evaluation_errors_total', 'Evaluations at the OFREP door that failed.', reasons.get('ERROR') ?? 0),
  ];
}

function exposureSeries({ intake }: CountedParts, { spool, receipts, keyUsage }: EdgeStatus): readonly Series[] {
  const refused = samplesOf('reason', Object.entries(intake.refused));
  return [
    counter('exposure_batches_accepted_total', 'Batches that were synced to the spool.', spool.stored),
    counter('exposure_batches_forwarded_total', 'Batches that the queue above has.', spool.forwarded),
    counter('exposure_batches_refused_total', 'Batches that were not taken, and not acknowledged.', refused),
    counter('exposure_batches_damaged_total', 'Acknowledged batches that could not be read back.', spool.damaged),
    gauge('exposure_spool_bytes', 'Bytes in the spool.', spool.waitingBytes),
    gauge('exposure_spool_limit_bytes', 'Bytes that the spool takes.', spool.maxBytes),
    gauge('exposure_spool_failed', '1: the spool cannot be written.', Number(spool.state === 'failed'), 'max'),
    gauge('exposure_forward_failures', 'Attempts to forward in a row that failed.', spool.forwardFailures, 'max'),
    gauge('edge_instances', 'SDK instances that are heard of.', receipts.instances),
    counter('key_usage_dropped_total', 'Uses of keys that were not noted.', keyUsage.dropped),
  ];
}
