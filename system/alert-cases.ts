/**
 * What each alert is shown: series that make it fire, some that just do not, and a moment too early. A value every 15 s, of
 * those that look back for an hour and more every minute, in the words of promtool (`0+1x40`: from 0 up by 1, forty times).
 */
export interface AlertCase {
  readonly fires: SeriesValues;
  readonly just: SeriesValues;
  /** When both are looked at. */
  readonly at: string;
  /** When it does not fire yet, of those that wait. */
  readonly early?: string;
  /** A counter that began anew; of alerts that count. */
  readonly reset?: SeriesValues;
}

export type SeriesValues = Readonly<Record<string, string>>;

const FAILED = series('flaghoist_request_failures_total', { door: 'ofrep' });
const ASKED = series('flaghoist_requests_total', { door: 'ofrep' });
const ERRORS = series('flaghoist_evaluation_errors_total');
const API_FAILED = series('flaghoist_request_failures_total', { door: 'management' });
const API_ASKED = series('flaghoist_requests_total', { door: 'management' });
const SOON_THERE = series('flaghoist_propagation_seconds_bucket', { stage: 'edge', le: '5' });
const THERE = series('flaghoist_propagation_seconds_count', { stage: 'edge' });
const REVISION = series('flaghoist_edge_ruleset_revision', { environment: 'e' });
const EPOCH = series('flaghoist_edge_ruleset_epoch', { environment: 'e' });
const READY = series('flaghoist_ready');
const CERTIFICATE = series('flaghoist_certificate_expiry_timestamp_seconds', { use: 'nats' });
const STANDBYS = series('flaghoist_database_standbys');
const TIMELINE = series('flaghoist_database_timeline');
const ENTRIES = series('flaghoist_audit_entries');
const SPOOL = series('flaghoist_exposure_spool_bytes');
const SPOOL_LIMIT = series('flaghoist_exposure_spool_limit_bytes');
const DAY_S = 86_400;

/** A state that lasts. `early`: before the alert's `for` is over, which begins with the first value. */
function lasting(name: string, fires: number, just: number, at: string, early?: string): AlertCase {
  const of = (value: number): SeriesValues => ({ [series(name)]: `${value}x100` });
  return { fires: of(fires), just: of(just), at, ...(early === undefined ? {} : { early }) };
}

/** Something that must not happen, and happened once. */
function once(name: string, labels: Readonly<Record<string, string>> = {}): AlertCase {
  const one = series(name, labels);
  return { fires: { [one]: '5x20 6x20' }, just: { [one]: '5x40' }, reset: { [one]: '5x20 0x20' }, at: '7m' };
}

export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  FlaghoistDown: lasting('up', 0, 1, '3m', '1m45s'),
  // Seen for once where there is nothing.
  FlaghoistNobodyAnswers: {
    fires: { [series('flaghoist_build_info')]: '1x4 stale' },
    just: { [series('flaghoist_build_info')]: '1x100' },
    at: '7m',
    early: '5m',
  },
  FlaghoistNotReady: lasting('flaghoist_ready', 0, 1, '3m', '1m45s'),
  FlaghoistEventLoopLate: lasting('nodejs_eventloop_lag_p99_seconds', 0.3, 0.2, '6m', '4m45s'),
  FlaghoistCertificateEnds: {
    fires: { [CERTIFICATE]: `${13.9 * DAY_S}x100` },
    just: { [CERTIFICATE]: `${14.1 * DAY_S}x100` },
    at: '10m',
  },
  FlaghoistCertificateEnded: { fires: { [CERTIFICATE]: '500x100' }, just: { [CERTIFICATE]: '700x100' }, at: '10m' },
  FlaghoistEvaluationsFail: {
    fires: { [FAILED]: '0+2x80', [ERRORS]: '0+2x80', [ASKED]: '0+2000x80' },
    just: { [FAILED]: '0+0.5x80', [ERRORS]: '0+0.5x80', [ASKED]: '0+2000x80' },
    reset: { [FAILED]: '900x30 0x50', [ERRORS]: '900x30 0x50', [ASKED]: '0+2000x80' },
    at: '70m',
  },
  FlaghoistEvaluationsFailSlowly: {
    fires: { [FAILED]: '0+0.3x410', [ERRORS]: '0+0.1x410', [ASKED]: '0+2000x410' },
    just: { [FAILED]: '0+0.1x410', [ERRORS]: '0+0.05x410', [ASKED]: '0+2000x410' },
    reset: { [FAILED]: '900x100 0x310', [ERRORS]: '0x410', [ASKED]: '0+2000x410' },
    at: '400m',
  },
  FlaghoistRevisionWentBack: {
    fires: { [REVISION]: '7x20 6x20', [EPOCH]: '1x40', [READY]: '1x40' },
    // A restore under a new epoch.
    just: { [REVISION]: '7x20 6x20', [EPOCH]: '1x20 2x20', [READY]: '1x40' },
    // It has just started, from its disk.
    reset: { [REVISION]: '7x20 6x20', [EPOCH]: '1x40', [READY]: '1x20 0x20' },
    at: '7m',
  },
  FlaghoistRulesetRefused: lasting('flaghoist_edge_environments_refusing', 1, 0, '2m', '45s'),
  FlaghoistEdgesStale: {
    fires: ages([100, 100, 5]),
    just: ages([100, 5]),
    at: '3m',
    early: '1m45s',
  },
  FlaghoistEdgeStale: lasting('flaghoist_edge_ruleset_oldest_seconds', 100, 60, '6m', '4m45s'),
  FlaghoistCopiesFail: once('flaghoist_lkg_problems_total'),
  FlaghoistStreamsRefused: once('flaghoist_stream_rejected_total', { reason: 'full' }),
  FlaghoistRequestsFail: {
    fires: { [API_FAILED]: '0+40x80', [API_ASKED]: '0+2000x80' },
    just: { [API_FAILED]: '0+20x80', [API_ASKED]: '0+2000x80' },
    reset: { [API_FAILED]: '9000x30 0x50', [API_ASKED]: '0+2000x80' },
    at: '70m',
  },
  FlaghoistChangesLate: {
    fires: { [SOON_THERE]: '0+95x80', [THERE]: '0+100x80' },
    just: { [SOON_THERE]: '0+99x80', [THERE]: '0+100x80' },
    reset: { [SOON_THERE]: '0+100x30 0+100x50', [THERE]: '0+100x30 0+100x50' },
    at: '70m',
  },
  FlaghoistChangesWait: lasting('flaghoist_outbox_oldest_unpublished_seconds', 20, 10, '2m', '45s'),
  FlaghoistNobodyPublishes: lasting('flaghoist_publisher_missing_environments', 1, 0, '2m', '15s'),
  FlaghoistTwoPublish: {
    fires: publishers([3, 2], 4),
    just: publishers([2, 2], 4),
    at: '2m',
    early: '15s',
  },
  FlaghoistBusDiffers: once('flaghoist_reconcile_mismatch_total'),
  FlaghoistBusDown: lasting('flaghoist_bus_up', 0, 1, '3m', '1m45s'),
  FlaghoistDatabaseDown: lasting('flaghoist_database_up', 0, 1, '2m', '45s'),
  FlaghoistOldDatabase: {
    fires: { [TIMELINE]: '2x20 1x20' },
    just: { [TIMELINE]: '1x20 2x20', [series('flaghoist_database_rivals')]: '0x40' },
    at: '7m',
  },
  FlaghoistWritesWait: lasting('flaghoist_database_waiting_writes', 1, 0, '2m', '15s'),
  FlaghoistNoStandby: {
    fires: { [STANDBYS]: '1x4 0x100' },
    // There never was one.
    just: { [STANDBYS]: '0x100' },
    at: '7m',
    early: '5m45s',
  },
  FlaghoistStandbyBehind: lasting('flaghoist_database_standby_lag_bytes', 90 << 20, 60 << 20, '6m', '4m45s'),
  FlaghoistAuditAltered: {
    fires: { [ENTRIES]: '9x20 8x20' },
    just: { [ENTRIES]: '8x20 9x20', [series('flaghoist_audit_heads_broken')]: '0x40' },
    reset: { [series('flaghoist_audit_verify_failures_total')]: '5x20 0x20' },
    at: '7m',
  },
  FlaghoistExposuresLost: once('flaghoist_exposure_batches_dropped_total', { reason: 'unreadable' }),
  FlaghoistSpoolFails: lasting('flaghoist_exposure_spool_failed', 1, 0, '2m', '45s'),
  FlaghoistSpoolFills: {
    fires: { [SPOOL]: '80x100', [SPOOL_LIMIT]: '100x100' },
    just: { [SPOOL]: '70x100', [SPOOL_LIMIT]: '100x100' },
    at: '6m',
    early: '4m45s',
  },
};

/** Of alerts with an `or`: each of the others that fires it alone. */
export const ALSO_FIRE: readonly (readonly [alert: string, values: SeriesValues, at: string])[] = [
  [
    'FlaghoistEvaluationsFail',
    // Not enough of the last hour, but of the last six.
    { [FAILED]: '0+1x410', [ERRORS]: '0+1x410', [ASKED]: '0+2000x410' },
    '400m',
  ],
  ['FlaghoistOldDatabase', { [series('flaghoist_database_rivals')]: '1x40' }, '7m'],
  ['FlaghoistAuditAltered', { [series('flaghoist_audit_heads_broken')]: '1x40' }, '7m'],
  ['FlaghoistAuditAltered', { [series('flaghoist_audit_verify_failures_total')]: '0x20 1x20' }, '7m'],
  ['FlaghoistExposuresLost', { [series('flaghoist_exposure_batches_damaged_total')]: '0x20 1x20' }, '7m'],
];

function series(name: string, labels: Readonly<Record<string, string>> = {}, instance = 'one'): string {
  const all = Object.entries({ job: 'flaghoist', instance, ...labels }).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${all.join(',')}}`;
}

function ages(values: readonly number[]): SeriesValues {
  const name = 'flaghoist_edge_ruleset_oldest_seconds';
  return Object.fromEntries(values.map((value, at) => [series(name, {}, `edge-${at}`), `${value}x100`]));
}

function publishers(own: readonly number[], all: number): SeriesValues {
  return Object.fromEntries(
    own.flatMap((count, at) => [
      [series('flaghoist_publisher_environments', {}, `publisher-${at}`), `${count}x100`],
      [series('flaghoist_control_environments', {}, `publisher-${at}`), `${all}x100`],
    ]),
  );
}
