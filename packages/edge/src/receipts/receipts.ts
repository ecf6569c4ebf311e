/**
 * Takes receipts in and hands them on: at most one aggregate a second and environment, and only when something is
 * different, or fifteen seconds have passed. What the bus does not take is said again, as it is by then: nothing is queued
 * here, and a crash costs nothing that the next receipts do not say again.
 */
import type { WorkQueue } from '@flaghoist/bus';
import {
  type Aggregate,
  type CanarySaid,
  EDGE_EVERY_MS,
  INSTANCE_LIVES_MS,
  type Receipt,
  RECEIPT_QUEUE,
  type ReceiptPlace,
  type ServingAggregate,
  shortProblem,
} from '@flaghoist/protocol/exposures';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { withDeadline } from '../deadline.ts';
import { ago, ReceiptBoard } from './receipt-board.ts';

/** An environment as this edge holds it. */
export interface HeldEnvironment {
  readonly id: string;
  readonly place: ReceiptPlace | null;
  /** The candidate on it that is answered from; null: none is. */
  readonly candidate: number | null;
  /** The newest that is not applied here, and why; null: none. */
  readonly refusedCandidate: CanarySaid['refused'];
  /** Whether this is what was upstream at some moment since the edge began. */
  readonly confirmed: boolean;
  /** Since it was last known to be what is upstream; null: never. */
  readonly ageMs: number | null;
  readonly problem: string | null;
}

export interface ReceiptsOptions {
  readonly queue: Pick<WorkQueue, 'push'>;
  readonly logger: Logger;
  /** Random for each start of the edge. */
  readonly instance: string;
  readonly version: string;
  readonly host: string;
  /** Milliseconds that only ever grow. */
  readonly elapsed: () => number;
  readonly held: () => Iterable<HeldEnvironment>;
  /** Whether candidates are tried here. Absent: they are not. */
  readonly canary?: boolean;
  /** How many evaluations at the doors have ended in an error of the evaluator's own, since the start. */
  readonly errorsOf: (environment: string) => number;
  readonly limits: { readonly receiptInstances: number; readonly pushDeadlineMs: number };
}

export interface ReceiptsStatus {
  /** Live instances whose receipts are counted here. */
  readonly instances: number;
  /** Receipts of instances that are not, because too many others are; 0 once none has come for two minutes. */
  readonly uncounted: number;
  /** Attempts to hand them on in a row that failed. */
  readonly failures: number;
}

interface Place {
  readonly board: ReceiptBoard;
  saidAt: number;
  /** What was last said of the environment itself. */
  said: string;
  uncounted: number;
  uncountedAt: number;
  trial: Trial | null;
}

/** The candidate that is answered from, since when, and how many errors there had been before. */
interface Trial {
  readonly number: number;
  readonly at: number;
  readonly errorsBefore: number;
  /** What instances said is kept when they are gone, or well again: whoever judges the candidate has to hear of it. */
  instanceErrors: number;
  refused: CanarySaid['refused'];
}

/** How often a canary edge speaks while it tries something. */
const TRYING_EVERY_MS = 5_000;

/** So many receipts a second cost a fifth of a core. */
const RECEIPTS_PER_MS = 2;
const LEAST_SPREAD_MS = 50;
const MOST_SPREAD_MS = 10_000;
const RETRY_CAP_MS = 30_000;

export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #places = new Map<string, Place>();
  /** Live ones, of all environments. */
  #instances = 0;
  /** Of all environments: one that is forgotten and comes back goes on from where it was. */
  #sequence = 0;
  #failures = 0;
  #retryAt = 0;
  #flushing = false;

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Answers over how long the next receipts of one change are to be spread. */
  take(environment: string, receipt: Receipt): number {
    const place = this.#placeOf(environment);
    if (!place.board.knows(receipt.instance) && !this.#hasRoom(place)) this.#leaveOut(place);
    else this.#counting(place, () => place.board.take(receipt, this.#options.elapsed()));
    return Math.min(MOST_SPREAD_MS, Math.max(LEAST_SPREAD_MS, Math.ceil(this.#instances / RECEIPTS_PER_MS)));
  }

  /** A revision came into use. What comes before the edge has caught up with its upstream is no delivery. */
  edgeApplied(environment: string): void {
    for (const { id, place, candidate, confirmed } of this.#options.held()) {
      if (id !== environment || place === null) continue;
      const to = this.#placeOf(id);
      this.#try(id, to, candidate);
      to.board.edgeApplied(place, this.#options.elapsed(), confirmed);
    }
  }

  #try(environment: string, to: Place, number: number | null): void {
    if (number === (to.trial?.number ?? null)) return;
    const { elapsed, errorsOf } = this.#options;
    const begun = { at: elapsed(), errorsBefore: errorsOf(environment), instanceErrors: 0, refused: null };
    to.trial = number === null ? null : { number, ...begun };
  }

  #canary({ id, refusedCandidate }: HeldEnvironment, { board, trial }: Place, now: number): CanarySaid | null {
    // Behind a canary edge every edge is one.
    if (this.#options.canary !== true && trial === null && refusedCandidate === null) return null;
    const trying = trial === null ? null : board.trying(trial.number, trial.at);
    if (trial !== null && trying !== null) {
      trial.instanceErrors = Math.max(trial.instanceErrors, trying.errors);
      trial.refused ??= trying.refused;
    }
    const errors = trial === null ? 0 : this.#options.errorsOf(id) - trial.errorsBefore + trial.instanceErrors;
    // What this edge itself did not apply may be an earlier one.
    const refused = trial?.refused ?? refusedCandidate;
    return {
      number: trial?.number ?? null,
      appliedMs: trial === null ? null : ago(now, trial.at),
      errors,
      instances: trying?.instances ?? 0,
      refused: refused === null ? null : { number: refused.number, problem: shortProblem(refused.problem) },
    };
  }

  status(): ReceiptsStatus {
    let uncounted = 0;
    for (const place of this.#places.values()) uncounted += place.uncounted;
    return { instances: this.#instances, uncounted, failures: this.#failures };
  }

  /** Says what is different. Joins nothing: one that is under way goes on alone. Never rejects. */
  async flush(): Promise<void> {
    const now = this.#options.elapsed();
    if (this.#flushing || now < this.#retryAt) return;
    const due = this.#due(now);
    if (due.length === 0) return;
    this.#flushing = true;
    try {
      await this.#push(due.map(({ aggregate }) => aggregate));
      this.#failures = 0;
    } catch (error) {
      for (const { place, aggregate } of due) place.board.putBack(aggregate);
      this.#failures++;
      this.#retryAt = now + Math.min(RETRY_CAP_MS, 1_000 * 2 ** Math.min(this.#failures, 10));
      this.#options.logger.warn({ err: error, failures: this.#failures }, 'Receipts could not be handed on');
    }
    this.#flushing = false;
  }

  /** Says that this edge is no more, and waits for it no longer than `ms`. Never rejects. */
  async close(ms: number): Promise<void> {
    const { instance: edge, logger } = this.#options;
    const closed = Array.from(this.#places.keys(), (environment): Aggregate => {
      return { environment, edge, sequence: (this.#sequence += 1), state: 'closed' };
    });
    this.#places.clear();
    await withDeadline(this.#push(closed), ms, 'Saying goodbye').catch((error: unknown) => {
      logger.warn({ err: error }, 'It could not be said that this edge stops');
    });
  }

  #due(now: number): readonly { readonly place: Place; readonly aggregate: ServingAggregate }[] {
    const due: { readonly place: Place; readonly aggregate: ServingAggregate }[] = [];
    const all = [...this.#options.held()];
    this.#forgetOthers(new Set(all.map(({ id }) => id)));
    for (const held of all) {
      const place = this.#placeOf(held.id);
      this.#counting(place, () => place.board.expire(now));
      if (now - place.uncountedAt >= INSTANCE_LIVES_MS) place.uncounted = 0;
      const isOld = now - place.saidAt >= (place.trial === null ? EDGE_EVERY_MS : TRYING_EVERY_MS);
      const canary = this.#canary(held, place, now);
      const tells = canary === null ? '' : JSON.stringify({ ...canary, appliedMs: 0 });
      const said = `${String(held.place)} ${held.problem} ${tells}`;
      if (!isOld && !place.board.isNews && place.said === said) continue;
      const tried = canary === null ? {} : { canary };
      due.push({ place, aggregate: { ...this.#aggregate(held, place, now, isOld), ...tried } });
      place.saidAt = now;
      place.said = said;
    }
    return due;
  }

  /** What is not followed any more; looked at here because receipts may still come in after an environment was withdrawn. */
  #forgetOthers(held: ReadonlySet<string>): void {
    for (const [environment, { board }] of this.#places) {
      if (held.has(environment)) continue;
      this.#places.delete(environment);
      this.#instances -= board.size;
    }
  }

  #aggregate(held: HeldEnvironment, place: Place, now: number, everything: boolean): ServingAggregate {
    const { instance: edge, version, host } = this.#options;
    const { placeAt } = place.board;
    return {
      environment: held.id,
      edge,
      sequence: (this.#sequence += 1),
      state: 'serving',
      version,
      host,
      place: held.place,
      appliedMs: placeAt === null ? null : ago(now, placeAt),
      ageMs: held.ageMs === null ? null : ago(held.ageMs, 0),
      problem: held.problem === null ? null : shortProblem(held.problem),
      uncounted: place.uncounted,
      ...place.board.read(now, everything),
    };
  }

  async #push(aggregates: readonly Aggregate[]): Promise<void> {
    const { queue, limits } = this.#options;
    if (aggregates.length === 0) return;
    const items = aggregates.map((aggregate) => ({
      id: `${aggregate.environment}.${aggregate.edge}.${aggregate.sequence}`,
      body: Buffer.from(JSON.stringify(aggregate)),
    }));
    await withDeadline(queue.push(RECEIPT_QUEUE, items), limits.pushDeadlineMs, 'Pushing receipts');
  }

  /** When there is no room left, the environment with the most makes some for those with fewer: it cannot take everything. */
  #hasRoom({ board }: Place): boolean {
    if (this.#instances < this.#options.limits.receiptInstances) return true;
    let largest: Place | null = null;
    for (const place of this.#places.values()) if (place.board.size > (largest?.board.size ?? 0)) largest = place;
    if (largest === null || largest.board.size <= board.size + 1) return false;
    const { board: crowded } = largest;
    this.#leaveOut(largest);
    this.#counting(largest, () => crowded.forgetOldest());
    return true;
  }

  #leaveOut(place: Place): void {
    place.uncounted++;
    place.uncountedAt = this.#options.elapsed();
  }

  #counting({ board }: Place, act: () => void): void {
    const before = board.size;
    act();
    this.#instances += board.size - before;
  }

  #placeOf(environment: string): Place {
    const known = this.#places.get(environment);
    if (known !== undefined) return known;
    const place = {
      board: new ReceiptBoard(),
      saidAt: Number.NEGATIVE_INFINITY,
      said: '',
      uncounted: 0,
      uncountedAt: Number.NEGATIVE_INFINITY,
      trial: null,
    };
    this.#places.set(environment, place);
    return place;
  }
}
