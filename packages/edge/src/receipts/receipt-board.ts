/**
 * What the receipts of one environment come to: where its live instances are, and how long revisions took to reach them.
 * A receipt costs the same however many instances there are, and an aggregate has a bounded size.
 */
import {
  AGGREGATE_LIMITS,
  comparePlaces,
  type FollowingReceipt,
  INSTANCE_LIVES_MS,
  LATENCY_BOUNDS_MS,
  type NamedInstance,
  type Receipt,
  RECEIPT_LIMITS,
  type ReceiptPlace,
  type RevisionDelivery,
  type ServingAggregate,
} from '@flaghoist/protocol/exposures';

/** Times are of the edge's monotonic clock, in milliseconds. */
interface Seen {
  readonly receipt: FollowingReceipt;
  readonly appliedAt: number | null;
  readonly heardAt: number;
  readonly isNamed: boolean;
}

interface Delivery {
  readonly place: ReceiptPlace;
  readonly appliedAt: number;
  readonly histogram: Map<number, number>;
  /** Of what is said, not yet said. */
  isNews: boolean;
}

type Followers = Pick<ServingAggregate, 'counts' | 'older' | 'deliveries' | 'named' | 'gone' | 'laggards'>;

/** Instances of an environment that the server is told by name. */
const NAMED = 1_000;
/** Of the JSON of one aggregate; the rest of it, and what its envelope adds, is far below what is left. */
const NAMED_BYTES = 30 << 10;
const LAGGARD_BYTES = 12 << 10;

export class ReceiptBoard {
  /** Those heard of longest ago first. */
  readonly #instances = new Map<string, Seen>();
  readonly #counts = new Map<string, { readonly place: ReceiptPlace; instances: number }>();
  /** Newest last. */
  readonly #deliveries: Delivery[] = [];
  readonly #changed = new Set<string>();
  readonly #gone = new Set<string>();
  #place: ReceiptPlace | null = null;
  #placeAt: number | null = null;
  #named = 0;
  #isNews = true;

  /** Live instances. */
  get size(): number {
    return this.#instances.size;
  }

  /** Whether something is different from what was said last, apart from being heard of again. */
  get isNews(): boolean {
    return this.#isNews;
  }

  /** When the edge applied what it holds; null: it began with it. */
  get placeAt(): number | null {
    return this.#placeAt;
  }

  knows(instance: string): boolean {
    return this.#instances.has(instance);
  }

  /** The edge itself has applied a revision. `delivered`: it was published while the edge followed. */
  edgeApplied(place: ReceiptPlace, now: number, delivered: boolean): void {
    this.#isNews = true;
    this.#place = place;
    this.#placeAt = delivered ? now : null;
    // A place that comes into use again is told once: the first time is when it was waited for.
    if (!delivered || this.#deliveries.some((one) => samePlace(one.place, place))) return;
    this.#deliveries.push({ place, appliedAt: now, histogram: new Map(), isNews: true });
    if (this.#deliveries.length > AGGREGATE_LIMITS.deliveries) this.#deliveries.shift();
  }

  take(receipt: Receipt, now: number): void {
    const known = this.#instances.get(receipt.instance);
    if (receipt.state === 'closed') {
      if (known !== undefined) this.#forget(receipt.instance, known);
      return;
    }
    const before = known?.receipt.place ?? null;
    for (const [epoch, revision, agoMs] of receipt.applied)
      if (before === null || comparePlaces([epoch, revision], before) > 0)
        this.#deliver([epoch, revision], now - agoMs);
    const isSame =
      known !== undefined &&
      samePlace(before, receipt.place) &&
      known.receipt.problem === receipt.problem &&
      known.receipt.candidate === receipt.candidate;
    if (!isSame) this.#isNews = true;
    this.#move(before, receipt.place, known !== undefined);
    const isNamed = known?.isNamed === true || this.#named < NAMED;
    if (isNamed && known?.isNamed !== true) this.#named++;
    if (isNamed) this.#changed.add(receipt.instance);
    this.#gone.delete(receipt.instance);
    const last = receipt.applied.at(-1);
    const appliedAt = last === undefined ? (isSame ? known.appliedAt : null) : now - last[2];
    this.#instances.delete(receipt.instance);
    this.#instances.set(receipt.instance, { receipt: { ...receipt, applied: [] }, appliedAt, heardAt: now, isNamed });
  }

  /** Forgets those that have not been heard of for too long. */
  expire(now: number): void {
    for (const [instance, seen] of this.#instances) {
      if (now - seen.heardAt < INSTANCE_LIVES_MS) return;
      this.#forget(instance, seen);
    }
  }

  /** The one that was heard of longest ago. */
  forgetOldest(): void {
    for (const [instance, seen] of this.#instances) {
      this.#forget(instance, seen);
      return;
    }
  }

  /** What live instances, of those heard of since `since`, make of a candidate. */
  trying(number: number, since: number) {
    let [instances, errors] = [0, 0];
    let refused: { readonly number: number; readonly problem: string } | null = null;
    for (const { receipt, heardAt } of this.#instances.values()) {
      if (receipt.candidate === number) {
        instances++;
        errors += receipt.errors ?? 0;
      } else if (receipt.problem !== null && heardAt >= since)
        refused = { number, problem: `the SDK ${receipt.host} behind it says: ${receipt.problem}` };
    }
    return { instances, errors, refused };
  }

  /** What is to be said now. `everything`: also of deliveries that were said before, for a server that measures again. */
  read(now: number, everything: boolean): Followers {
    this.#isNews = false;
    const places = [...this.#counts.values()].sort((a, b) => comparePlaces(b.place, a.place));
    const counts = places.slice(0, AGGREGATE_LIMITS.counts);
    const told = counts.reduce((sum, { instances }) => sum + instances, 0);
    return {
      counts: counts.map(({ place: [epoch, revision], instances }) => [epoch, revision, instances]),
      older: this.#instances.size - told,
      deliveries: this.#readDeliveries(now, everything),
      named: this.#readNamed(now),
      gone: this.#readGone(),
      laggards: this.#readLaggards(now),
    };
  }

  /** What was read could not be told. */
  putBack({ named, gone, deliveries }: Followers): void {
    this.#isNews = true;
    for (const { instance } of named) if (this.#instances.has(instance)) this.#changed.add(instance);
    for (const instance of gone) if (!this.#instances.has(instance)) this.#gone.add(instance);
    for (const { place } of deliveries)
      for (const delivery of this.#deliveries) if (samePlace(delivery.place, place)) delivery.isNews = true;
  }

  #deliver(place: ReceiptPlace, at: number): void {
    const delivery = this.#deliveries.find((one) => samePlace(one.place, place));
    if (delivery === undefined) return;
    const bucket = bucketOf(at - delivery.appliedAt);
    delivery.histogram.set(bucket, (delivery.histogram.get(bucket) ?? 0) + 1);
    delivery.isNews = true;
  }

  #move(from: ReceiptPlace | null, to: ReceiptPlace | null, isKnown: boolean): void {
    if (isKnown && from !== null) {
      const left = this.#counts.get(nameOf(from));
      if (left !== undefined && --left.instances === 0) this.#counts.delete(nameOf(from));
    }
    if (to === null) return;
    const reached = this.#counts.get(nameOf(to));
    if (reached === undefined) this.#counts.set(nameOf(to), { place: to, instances: 1 });
    else reached.instances++;
  }

  #forget(instance: string, seen: Seen): void {
    this.#isNews = true;
    this.#instances.delete(instance);
    this.#changed.delete(instance);
    this.#move(seen.receipt.place, null, true);
    if (!seen.isNamed) return;
    this.#named--;
    this.#gone.add(instance);
  }

  #readDeliveries(now: number, everything: boolean): readonly RevisionDelivery[] {
    const said = this.#deliveries.filter((one) => everything || one.isNews);
    for (const delivery of said) delivery.isNews = false;
    return said.map(({ place, appliedAt, histogram }) => ({
      place,
      appliedMs: ago(now, appliedAt),
      histogram: [...histogram].sort(([a], [b]) => a - b),
    }));
  }

  #readNamed(now: number): readonly NamedInstance[] {
    const instances: NamedInstance[] = [];
    let bytes = 0;
    for (const instance of this.#changed) {
      const seen = this.#instances.get(instance);
      const named = seen === undefined ? null : nameInstance(seen, now);
      bytes += named === null ? 0 : sizeOf(named);
      if (instances.length === AGGREGATE_LIMITS.named || bytes > NAMED_BYTES) {
        this.#isNews = true;
        break;
      }
      this.#changed.delete(instance);
      if (named !== null) instances.push(named);
    }
    return instances;
  }

  #readGone(): readonly string[] {
    const gone = [...this.#gone].slice(0, AGGREGATE_LIMITS.gone);
    for (const instance of gone) this.#gone.delete(instance);
    if (this.#gone.size > 0) this.#isNews = true;
    return gone;
  }

  /** Walks through all instances only while some lag: 10,000 take a third of a millisecond, once a second. */
  #readLaggards(now: number): readonly NamedInstance[] {
    const laggards: NamedInstance[] = [];
    let bytes = 0;
    for (const seen of this.#instances.values()) {
      const { place, problem } = seen.receipt;
      const lags = this.#place !== null && (place === null || comparePlaces(place, this.#place) < 0);
      if (!lags && problem === null) continue;
      const named = nameInstance(seen, now);
      bytes += sizeOf(named);
      if (laggards.length === AGGREGATE_LIMITS.laggards || bytes > LAGGARD_BYTES) break;
      laggards.push(named);
    }
    return laggards;
  }
}

function nameInstance({ receipt, appliedAt, heardAt }: Seen, now: number): NamedInstance {
  const { instance, sdk, host, place, ageMs, problem, candidate } = receipt;
  const appliedMs = appliedAt === null ? null : ago(now, appliedAt);
  const named = { instance, sdk, host, place, appliedMs, heardMs: ago(now, heardAt), ageMs, problem };
  return candidate === undefined ? named : { ...named, candidate };
}

export function ago(now: number, at: number): number {
  return Math.min(RECEIPT_LIMITS.longestMs, Math.max(0, Math.round(now - at)));
}

/** The first bucket whose bound is not below it. */
export function bucketOf(ms: number): number {
  const bucket = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return bucket < 0 ? LATENCY_BOUNDS_MS.length : bucket;
}

function sizeOf(named: NamedInstance): number {
  return Buffer.byteLength(JSON.stringify(named)) + 1;
}

function nameOf([epoch, revision]: ReceiptPlace): string {
  return `${epoch}.${revision}`;
}

function samePlace(a: ReceiptPlace | null, b: ReceiptPlace | null): boolean {
  return a === null || b === null ? a === b : comparePlaces(a, b) === 0;
}
