/** What an edge makes of receipts: where its followers are, by the second, on its way to the server. */
import { isExposureText } from './batch.ts';
import { type CanarySaid, isCanarySaid } from './canary.ts';
import { isDuration, isInstance, isPlace, isProblem, isWhole, type ReceiptPlace } from './receipt.ts';

/** The work queue that carries it. */
export const RECEIPT_QUEUE = 'receipts';

/** Upper bounds of the buckets of a histogram, in milliseconds; one more bucket holds what is above. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000,
  20_000, 30_000, 60_000, 300_000, 3_600_000,
];

/** An instance by name. Durations are milliseconds before the aggregate was made, by the edge's monotonic clock. */
export interface NamedInstance {
  readonly instance: string;
  readonly sdk: string;
  readonly host: string;
  readonly place: ReceiptPlace | null;
  /** Since it applied what it holds; null: it began with it. */
  readonly appliedMs: number | null;
  readonly heardMs: number;
  readonly ageMs: number | null;
  readonly problem: string | null;
  /** The candidate on its place that it answers from; absent: none. */
  readonly candidate?: number;
}

/** How one revision reached an edge and its followers, whole: a later aggregate replaces an earlier one. */
export interface RevisionDelivery {
  readonly place: ReceiptPlace;
  /** Since the edge applied it, which is what the instances are counted from. */
  readonly appliedMs: number;
  /** Bucket (see `LATENCY_BOUNDS_MS`) and how many instances applied it so long after the edge did. */
  readonly histogram: readonly (readonly [bucket: number, instances: number])[];
}

/**
 * One environment at one edge. What it says of places, counts and deliveries is the state as it is, so that the newest
 * one is enough; `named` and `gone` are what became different.
 */
export interface ServingAggregate {
  readonly environment: string;
  /** Random for each start of an edge. */
  readonly edge: string;
  /** 1, 2, 3, ... within an edge: an earlier one says nothing new. */
  readonly sequence: number;
  readonly state: 'serving';
  readonly version: string;
  readonly host: string;
  /** What the edge answers from; null: nothing yet. */
  readonly place: ReceiptPlace | null;
  readonly appliedMs: number | null;
  readonly ageMs: number | null;
  readonly problem: string | null;
  /** How many live instances are at the newest places. */
  readonly counts: readonly (readonly [epoch: number, revision: number, instances: number])[];
  /** Live instances at still older places, or at none. */
  readonly older: number;
  /** Receipts of instances that it had no room for; 0 once none has come for as long as an instance lives. */
  readonly uncounted: number;
  readonly deliveries: readonly RevisionDelivery[];
  readonly named: readonly NamedInstance[];
  readonly gone: readonly string[];
  /** Instances behind the edge, or with a problem: those not heard of for longest. */
  readonly laggards: readonly NamedInstance[];
  /** Of a canary edge alone. */
  readonly canary?: CanarySaid;
}

export interface ClosedAggregate {
  readonly environment: string;
  readonly edge: string;
  readonly sequence: number;
  readonly state: 'closed';
}

export type Aggregate = ServingAggregate | ClosedAggregate;

export const AGGREGATE_LIMITS = {
  bytes: 64 << 10,
  counts: 20,
  deliveries: 10,
  named: 250,
  gone: 250,
  laggards: 20,
} as const;

/** An edge speaks of each environment at least so often; one not heard of for `livesMs` is not live. */
export const EDGE_EVERY_MS = 15_000;
export const EDGE_LIVES_MS = 60_000;

/** Null when the text is not JSON of this shape, within its limits, or names a place or an instance twice in one list. */
export function parseAggregate(text: string): Aggregate | null {
  if (text.length > AGGREGATE_LIMITS.bytes) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !isNamed(value)) return null;
  const whole = value as unknown as Aggregate;
  if (whole.state === 'closed') return whole;
  return whole.state === 'serving' && isServing(whole) ? whole : null;
}

function isNamed(value: object): boolean {
  const { environment, edge, sequence } = value as Readonly<Record<string, unknown>>;
  return isExposureText(environment) && isInstance(edge) && isWhole(sequence);
}

function isServing(value: { readonly [name in keyof ServingAggregate]?: unknown }): boolean {
  const { version, host, place, appliedMs, ageMs, problem, older, uncounted } = value;
  return (
    isExposureText(version) &&
    isExposureText(host) &&
    (place === null || isPlace(place)) &&
    (appliedMs === null || isDuration(appliedMs)) &&
    (ageMs === null || isDuration(ageMs)) &&
    (problem === null || isProblem(problem)) &&
    isWhole(older) &&
    isWhole(uncounted) &&
    (value.canary === undefined || isCanarySaid(value.canary)) &&
    isList(value.counts, AGGREGATE_LIMITS.counts, isCount, ([epoch, revision]) => `${epoch}.${revision}`) &&
    isList(value.deliveries, AGGREGATE_LIMITS.deliveries, isDelivery, ({ place }) => place.join('.')) &&
    isList(value.named, AGGREGATE_LIMITS.named, isNamedInstance, ({ instance }) => instance) &&
    isList(value.gone, AGGREGATE_LIMITS.gone, isInstance, (instance) => instance) &&
    isList(value.laggards, AGGREGATE_LIMITS.laggards, isNamedInstance, ({ instance }) => instance)
  );
}

/** Of at most so many items, and none of a name that another has. */
function isList<T>(
  value: unknown,
  most: number,
  isItem: (item: unknown) => item is T,
  nameOf: (item: T) => string | number,
): boolean {
  if (!Array.isArray(value) || value.length > most || !value.every(isItem)) return false;
  return new Set(value.map(nameOf)).size === value.length;
}

function isCount(value: unknown): value is ServingAggregate['counts'][number] {
  return Array.isArray(value) && value.length === 3 && value.every(isWhole);
}

function isDelivery(value: unknown): value is RevisionDelivery {
  if (typeof value !== 'object' || value === null) return false;
  const { place, appliedMs, histogram } = value as Readonly<Record<string, unknown>>;
  if (!isPlace(place) || !isDuration(appliedMs)) return false;
  return isList(histogram, LATENCY_BOUNDS_MS.length + 1, isBucket, ([bucket]) => bucket);
}

function isBucket(value: unknown): value is RevisionDelivery['histogram'][number] {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(isWhole)) return false;
  return (value[0] as number) <= LATENCY_BOUNDS_MS.length;
}

function isNamedInstance(value: unknown): value is NamedInstance {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Readonly<Record<string, unknown>>;
  return (
    isInstance(one['instance']) &&
    isExposureText(one['sdk']) &&
    isExposureText(one['host']) &&
    (one['place'] === null || isPlace(one['place'])) &&
    (one['appliedMs'] === null || isDuration(one['appliedMs'])) &&
    isDuration(one['heardMs']) &&
    (one['ageMs'] === null || isDuration(one['ageMs'])) &&
    (one['problem'] === null || isProblem(one['problem'])) &&
    (one['candidate'] === undefined || isWhole(one['candidate']))
  );
}
