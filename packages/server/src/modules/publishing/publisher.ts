/**
 * The publisher: reads each environment's revisions contiguously and appends what passes the gate to the bus.
 *
 * What it appends is computed from the database alone, so two publishers append the same bytes under the same ids and the
 * bus keeps one of them; `after` fences off one that fell behind. Signatures do not change that: the head counts.
 * A crash between append and remember repeats the append; what the bus has decides what passed: others may judge otherwise.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createFollower, type Follower, type OrderedLog } from '@flaghoist/bus';
import { compareCursors } from '@flaghoist/protocol/ruleset';
import { createPoint } from '@flaghoist/runtime/points';
import type { SigningKey } from '@flaghoist/runtime/crypto';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../../platform/database.ts';
import { CHANGE_CHANNEL, type Changes } from '../changes/index.ts';
import { formatSliced } from './checkpoint.ts';
import type { Gate } from './gate.ts';
import type { GateBlock } from './gate-messages.ts';
import { Judging } from './judging.ts';
import type { Leases } from './leases.ts';
import type { Publication } from './line.ts';
import { readHeadsAhead, requireSame } from './bus-reads.ts';
import { type BusHead, checkpointId, messageId, placeIn } from './message-ids.ts';
import { Mismatches } from './mismatches.ts';
import { type Published, RefusedToPublish } from './published.ts';
import { aheadProblem, compareHeads, type Comparison } from './reconcile.ts';
import { lacksSignature, SignedHeads, signBlock } from './signing.ts';
import { readStanding, readStandings, type Standing } from './standings.ts';
import type { PublicationStore } from './store.ts';
import { problemOf, sinceOf } from './withheld.ts';

const POLL_MS = 1_000;
const LAST_MS = 2_000;
/** How often what is on the bus is held against what the database says was published. */
const RECONCILE_MS = 30_000;
const REVISIONS_AT_ONCE = 100;
/** Environments that are put on the bus again side by side: ten cost the database all its connections. */
const PUT_BACK_AT_ONCE = 8;
/** How long one environment is gone on with, to the end of a revision, before the others have their turn. */
const TURN_MS = 200;
/**
 * A checkpoint follows every so many revisions, counted by the revision itself so that a restart changes nothing, or
 * when the patches since the last one have more bytes than it: whoever starts reads no more than that.
 */
const CHECKPOINT_REVISIONS = 200;
const CHECKPOINT_BYTES = 256 << 10;
/** Messages kept behind the end, for followers that were away. */
const KEPT_MESSAGES = 1_000;

const judged = createPoint('publish.judged');
const appended = createPoint('publish.appended');
const remembered = createPoint('publish.remembered');
const checkpointed = createPoint('publish.checkpointed');

interface PublisherDeps {
  readonly database: Pick<Database, 'listen'>;
  readonly store: PublicationStore;
  readonly changes: Pick<Changes, 'line' | 'lines' | 'writtenAfter' | 'entitiesAt'>;
  readonly log: OrderedLog;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly gate: Pick<Gate, 'warm' | 'holds' | 'load' | 'next' | 'drop' | 'stop'>;
  /** Which environments are this process's to publish, and to compare. */
  readonly leases: Leases;
  /** Signs every head; null: none is signed. Asked for each time: it is exchanged while this runs. */
  readonly signingKey: SigningKey | null;
  /** Calls back when what is on the bus may be lost; bus and database are compared then. The answer ends that. */
  readonly onLoss?: (tell: () => void) => () => Promise<void>;
  /** Absent: every 30 s. The first time at the start. */
  readonly reconcileMs?: number;
}

/** What comparing bus and database has come to since the start. */
export interface Reconciled {
  /** When it was last done, RFC 3339; null: not yet. */
  readonly at: string | null;
  /** Environments whose ruleset the bus had lost, and got again. */
  readonly republished: number;
  /** Environments found with another ruleset on the bus than was published, or ahead of the database: once for each time that it began. */
  readonly mismatches: number;
}

export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #published = new Map<string, Published>();
  readonly #signed = new SignedHeads();
  /** Environments that notifications have named since the last run, or that have more to publish: they are looked at first. */
  readonly #hinted = new Set<string>();
  readonly #mismatches: Mismatches;
  readonly #judging: Judging;
  /** What bus and database came to when they were last compared, until it is seen to. */
  #comparison: Comparison | null = null;
  #reconciled: Omit<Reconciled, 'mismatches'> = { at: null, republished: 0 };
  #follower: Follower | null = null;
  #comparer: Follower | null = null;
  #unlisten: () => Promise<void> = async () => undefined;
  #unwatch: () => Promise<void> = async () => undefined;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
    this.#mismatches = new Mismatches(deps.logger);
    this.#judging = new Judging(deps);
  }

  async start(): Promise<void> {
    const { logger, database, gate, leases, onLoss } = this.#deps;
    gate.warm();
    const onError = (error: unknown) =>
      logger.warn({ error: (error as Error).message }, 'publishing failed and will be tried again');
    const wake = async (): Promise<void> => {
      await this.#run();
      if (this.#hinted.size > 0) this.#follower?.request();
    };
    const follower = createFollower({ wake, pollMs: POLL_MS, onError });
    this.#follower = follower;
    // Beside the publishing, which does not wait for it.
    this.#comparer = createFollower({
      wake: () => this.#compare(),
      pollMs: this.#deps.reconcileMs ?? RECONCILE_MS,
      onError,
    });
    if (onLoss !== undefined) this.#unwatch = onLoss(() => this.#comparer?.request());
    leases.start(() => follower.request());
    this.#unlisten = await database.listen(CHANGE_CHANNEL, (environmentId) => {
      const isHeld = leases.holds(environmentId);
      if (isHeld) this.#hinted.add(environmentId);
      else leases.noticed(environmentId);
      if (isHeld || environmentId === '') follower.request();
    });
  }

  /**
   * What is committed is published first, so that nobody waits for the next start with it, no longer than two seconds. Then
   * other publishers have the environments.
   */
  async stop(): Promise<void> {
    await this.#unlisten();
    await this.#unwatch();
    await this.#comparer?.stop();
    await this.#follower?.stop();
    const late = new AbortController();
    await Promise.race([this.#runAll().catch(() => undefined), pause(LAST_MS, undefined, late)]).finally(() =>
      late.abort(),
    );
    await this.#deps.leases.stop();
    await this.#deps.gate.stop();
  }

  /** Whether the environment is this process's to publish now. */
  publishes(environmentId: string): boolean {
    return this.#deps.leases.holds(environmentId);
  }

  /** The revision of an environment that this process published last, and what of it followers do not get. */
  status(environmentId: string): { readonly revision: number; readonly problem: string | null } {
    const published = this.#published.get(environmentId);
    const mismatch = this.#mismatches.problem(environmentId);
    if (published === undefined) return { revision: 0, problem: mismatch };
    const { at, lastId, withheld } = published;
    // The place is ahead of the bus while an append is under way, the bus of the place when it outlived the database.
    const revision = lastId === null ? 0 : Math.min(at.revision, placeIn(lastId).revision);
    return { revision, problem: mismatch ?? problemOf(withheld) };
  }

  get reconciled(): Reconciled {
    return { ...this.#reconciled, mismatches: this.#mismatches.count };
  }

  async #runAll(): Promise<void> {
    do await this.#run();
    while (this.#hinted.size > 0);
  }

  /** Gives each environment that is behind one turn. */
  async #run(): Promise<void> {
    const { changes, store, log, leases, signingKey } = this.#deps;
    for (const id of this.#signed.exchanged(signingKey, this.#published.keys())) this.#forget(id);
    for (const environmentId of await leases.settle()) {
      this.#forget(environmentId);
      this.#mismatches.forget(environmentId);
    }
    if (this.#comparison !== null) await this.#reconcile(this.#comparison);
    await this.#publishHinted();
    const lines = await changes.lines();
    const behind = lines.filter(
      ({ environmentId, revision }) =>
        leases.holds(environmentId) &&
        (this.#published.get(environmentId)?.at.revision ?? -1) < revision &&
        !this.#mismatches.blocks(environmentId),
    );
    if (behind.length === 0) return;
    const known = new Set(this.#published.keys());
    const isUnknown = behind.some(({ environmentId }) => !known.has(environmentId));
    const publications = isUnknown ? await store.readPublications() : new Map<string, Publication>();
    const heads = isUnknown ? await log.heads() : new Map<string, BusHead>();
    for (const { environmentId, epoch } of behind) {
      // What was written meanwhile does not wait until all others have caught up.
      await this.#publishHinted();
      // What failed in there is taken up at the next run, by what the database says then.
      if (known.has(environmentId) && !this.#published.has(environmentId)) continue;
      const at = publications.get(environmentId) ?? { epoch, revision: 0, hash: '' };
      await this.#bringUp(environmentId, at, heads.get(environmentId) ?? null);
    }
  }

  /** Without asking first who is behind, which took a tenth of the way a change goes. */
  async #publishHinted(): Promise<void> {
    const hinted = [...this.#hinted];
    this.#hinted.clear();
    for (const environmentId of hinted) {
      const to = this.#published.get(environmentId);
      if (to !== undefined && !this.#mismatches.blocks(environmentId))
        await this.#publishTurn(environmentId, () => Promise.resolve(to));
    }
  }

  async #compare(): Promise<void> {
    this.#comparison = await compareHeads(this.#deps);
    this.#follower?.request();
  }

  /** Puts on the bus again what it lost, and says where it holds something else. */
  async #reconcile({ lacking, mismatches }: Comparison): Promise<void> {
    const { now, leases } = this.#deps;
    this.#comparison = null;
    const found = new Set(mismatches.map(({ environmentId }) => environmentId));
    for (const environmentId of this.#mismatches.environments())
      if (!found.has(environmentId)) this.#mismatches.notFound(environmentId);
    for (const mismatch of mismatches) {
      if (!leases.holds(mismatch.environmentId)) continue;
      this.#mismatches.found(mismatch);
      const published = this.#published.get(mismatch.environmentId);
      // The next revision comes with a checkpoint, because followers of the other ruleset cannot take its patch.
      if (mismatch.kind === 'ahead') this.#forget(mismatch.environmentId);
      else if (published !== undefined) published.isCheckpointDue = true;
    }
    await this.#putBack(lacking.filter((environmentId) => leases.holds(environmentId)));
    this.#reconciled = { ...this.#reconciled, at: now().toISOString() };
  }

  async #putBack(environmentIds: readonly string[]): Promise<void> {
    if (environmentIds.length === 0) return;
    const { store, log } = this.#deps;
    const publications = await store.readPublications();
    const heads = await log.heads();
    const standings = await readStandings(this.#deps, environmentIds, publications);
    const left = environmentIds.values();
    const putBack = async (_: unknown, index: number): Promise<void> => {
      for (const environmentId of left) {
        const at = publications.get(environmentId);
        if (at === undefined) continue;
        this.#forget(environmentId);
        const last = heads.get(environmentId) ?? null;
        await this.#trying(environmentId, () => this.#takeUp(environmentId, at, last, standings.get(environmentId)));
        // What was written meanwhile does not wait until all of them are there.
        if (index === 0) await this.#publishHinted();
      }
    };
    await Promise.all(Array.from({ length: PUT_BACK_AT_ONCE }, putBack));
  }

  #forget(environmentId: string): void {
    this.#published.delete(environmentId);
    this.#deps.gate.drop(environmentId);
  }

  #bringUp(environmentId: string, at: Publication, last: BusHead | null): Promise<void> {
    return this.#publishTurn(
      environmentId,
      async () => this.#published.get(environmentId) ?? (await this.#takeUp(environmentId, at, last)),
    );
  }

  #publishTurn(environmentId: string, take: () => Promise<Published>): Promise<void> {
    return this.#trying(environmentId, async () => {
      if (await this.#publishNext(await take())) this.#hinted.add(environmentId);
    });
  }

  async #trying(environmentId: string, work: () => Promise<unknown>): Promise<void> {
    // It may have run out since it was looked at who is behind.
    if (!this.#deps.leases.holds(environmentId)) return;
    try {
      await work();
      this.#mismatches.published(environmentId);
    } catch (error) {
      // What this process believes about the environment may be wrong now: take it up anew at the next run.
      this.#forget(environmentId);
      if (error instanceof RefusedToPublish) {
        this.#mismatches.found({ kind: 'ahead', environmentId, problem: error.message });
        return;
      }
      this.#deps.logger.warn(
        { environment: environmentId, error: (error as Error).message },
        'publishing was interrupted and will be taken up again',
      );
    }
  }

  /** Takes an environment up where the database says it was published, and repairs a bus that does not have that. */
  async #takeUp(environmentId: string, at: Publication, last: BusHead | null, standing?: Standing): Promise<Published> {
    const { log } = this.#deps;
    const { line, withheld, head } = standing ?? (await readStanding(this.#deps, environmentId, at));
    const isAhead = last !== null && compareCursors(placeIn(last.id), at) > 0;
    if (last !== null && at.revision > 0 && placeIn(last.id).epoch > at.epoch && line?.epoch !== at.epoch)
      throw new Error('the epoch was raised since it was read what is published');
    const problem = last === null ? null : aheadProblem(line, last);
    if (problem !== null) throw new RefusedToPublish(problem);
    const taken: Published = {
      environmentId,
      at,
      withheld,
      stuck: new Map(),
      expected: isAhead ? await readHeadsAhead(log, environmentId, at, last, KEPT_MESSAGES) : new Map(),
      lastId: last?.id ?? null,
      isCheckpointDue: false,
      patchBytes: 0,
      checkpointBytes: 0,
    };
    const isThere = last !== null && `${last.id}.`.startsWith(`${messageId(environmentId, at)}.`);
    if (at.revision > 0 && !isAhead) {
      if (!isThere) await this.#republish(taken, head);
      else if (!this.#signed.has(environmentId) && (await lacksSignature(this.#deps, environmentId, at, last)))
        await this.#appendCheckpoint(taken);
    }
    this.#signed.add(environmentId);
    this.#published.set(environmentId, taken);
    return taken;
  }

  async #republish(to: Published, head: string | undefined): Promise<void> {
    await this.#appendCheckpoint(to, head);
    this.#reconciled = { ...this.#reconciled, republished: this.#reconciled.republished + 1 };
    this.#deps.logger.warn({ environment: to.environmentId }, 'the bus had lost a ruleset and has it again');
  }

  /** True when there may be more to publish. */
  async #publishNext(to: Published): Promise<boolean> {
    const { changes, store, now } = this.#deps;
    const { environmentId, at } = to;
    const revisions = await changes.writtenAfter(environmentId, at.revision, REVISIONS_AT_ONCE);
    if (revisions.length === 0) return false;
    const endsAt = now().getTime() + TURN_MS;
    const blocks: GateBlock[] = [];
    for (const revision of revisions) {
      const block = await this.#judging.pass(to, revision);
      judged();
      await this.#append(to, block);
      appended();
      blocks.push(block);
      if (now().getTime() > endsAt) break;
    }
    await store.remember(environmentId, blocks, to.withheld, now().toISOString());
    remembered();
    if (to.isCheckpointDue || to.patchBytes > Math.max(CHECKPOINT_BYTES, to.checkpointBytes))
      await this.#appendCheckpoint(to);
    return blocks.length < revisions.length || revisions.length === REVISIONS_AT_ONCE;
  }

  async #append(to: Published, { publication, head, body }: GateBlock): Promise<void> {
    // The first revision is a whole ruleset: nothing is before it.
    const checkpoint = publication.revision === 1;
    const id = messageId(to.environmentId, publication);
    const signed = signBlock(this.#deps.signingKey, head, body);
    const position = await this.#appendMessage(to, id, checkpoint, signed);
    if (position !== null && !to.expected.has(id)) await requireSame(this.#deps.log, to.environmentId, position, head);
    if (publication.revision % CHECKPOINT_REVISIONS === 0) to.isCheckpointDue = true;
    to.patchBytes = checkpoint ? 0 : to.patchBytes + body.length;
  }

  async #appendCheckpoint(to: Published, known?: string): Promise<void> {
    const { changes, store, log, signingKey } = this.#deps;
    const { environmentId, at, withheld } = to;
    const head = known ?? (await store.readHead(environmentId, at));
    if (head === undefined) throw new Error(`the head of ${environmentId} at ${at.epoch}.${at.revision} is missing`);
    const entities = await changes.entitiesAt(environmentId, at.revision, sinceOf(withheld));
    const body = signBlock(signingKey, head, await formatSliced(head, entities));
    await this.#appendMessage(to, checkpointId(environmentId, at, signingKey?.id), true, body);
    checkpointed();
    Object.assign(to, { isCheckpointDue: false, patchBytes: 0, checkpointBytes: body.length });
    await log.trim(environmentId, KEPT_MESSAGES);
  }

  /** Where the message is, when it was there before; else null. */
  async #appendMessage(to: Published, id: string, checkpoint: boolean, body: Uint8Array): Promise<number | null> {
    const stream = to.environmentId;
    const result = await this.#deps.log.append({ stream, id, after: to.lastId, checkpoint, body });
    if (result.outcome === 'refused')
      throw new Error(`another publisher appended ${result.last ?? 'nothing'} to ${stream}`);
    to.lastId = id;
    return result.outcome === 'duplicate' ? result.position : null;
  }
}
