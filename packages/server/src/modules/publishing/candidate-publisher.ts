/**
 * Puts candidates on the bus, beside the log of their environment, for canary edges. It has a gate of its own, which is started
 * with the first candidate: what a candidate costs holds up no revision. What it appends is computed from the database alone, so
 * several publishers append the same bytes under the same id.
 */
import { createFollower, type Follower, type OrderedLog } from '@flaghoist/bus';
import { candidateIn, candidateMessageId, candidateStream, noCandidateMessageId } from '@flaghoist/protocol/ruleset';
import type { SigningKey } from '@flaghoist/runtime/crypto';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../../platform/database.ts';
import { CANDIDATE_CHANNEL, type Changes, type EntityVersion, type TriedCandidate } from '../changes/index.ts';
import type { Gate, GateAnswer } from './gate.ts';
import type { BusHead } from './message-ids.ts';
import { signBlock } from './signing.ts';
import type { PublicationStore } from './store.ts';
import { sinceOf } from './withheld.ts';

const POLL_MS = 1_000;
/** Only the last message of a stream of candidates says anything. */
const KEPT_MESSAGES = 1;

export interface CandidatePublisherDeps {
  readonly database: Pick<Database, 'listen'>;
  readonly store: Pick<PublicationStore, 'readPublications' | 'readWithheld'>;
  readonly changes: Pick<Changes, 'tried' | 'counted' | 'candidateIn' | 'candidateEntities' | 'entitiesAt'>;
  readonly log: OrderedLog;
  readonly logger: Logger;
  readonly gate: Pick<Gate, 'load' | 'next' | 'drop' | 'stop'>;
  /** Null: heads are not signed. */
  readonly signingKey: SigningKey | null;
  /** Ends the trial of what does not pass the gate. */
  readonly refuse: (candidate: TriedCandidate, why: string) => Promise<void>;
}

export class CandidatePublisher {
  readonly #deps: CandidatePublisherDeps;
  #follower: Follower | null = null;
  #unlisten: () => Promise<void> = async () => undefined;

  constructor(deps: CandidatePublisherDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { database, logger } = this.#deps;
    const follower = createFollower({
      wake: () => this.#run(),
      pollMs: POLL_MS,
      onError: (error) =>
        logger.warn({ error: (error as Error).message }, 'a candidate could not be put on the bus and will be again'),
    });
    this.#follower = follower;
    this.#unlisten = await database.listen(CANDIDATE_CHANNEL, () => follower.request());
  }

  async stop(): Promise<void> {
    await this.#unlisten();
    await this.#follower?.stop();
    await this.#deps.gate.stop();
  }

  /** Makes the bus say what the database does, for every environment that ever had a candidate. */
  async #run(): Promise<void> {
    const { changes, log } = this.#deps;
    const counted = await changes.counted();
    if (counted.length === 0) return;
    const tried = new Map((await changes.tried()).map((one) => [one.environmentId, one]));
    const heads = await log.heads();
    for (const { environmentId, number } of counted) {
      const last = heads.get(candidateStream(environmentId)) ?? null;
      const candidate = tried.get(environmentId);
      if (candidate !== undefined) await this.#put(candidate, last);
      else if (last !== null && candidateIn(last.id) !== null && !(await this.#isOnItsWay(environmentId)))
        await this.#append(environmentId, noCandidateMessageId(environmentId, number), last, new Uint8Array());
    }
  }

  /**
   * Whether the revision that a promoted candidate became is not on the bus yet. Canary edges answer from the candidate until
   * they have it: without either they would go back to what was before.
   */
  async #isOnItsWay(environmentId: string): Promise<boolean> {
    const { store, changes } = this.#deps;
    const newest = await changes.candidateIn(environmentId, null);
    if (newest?.state !== 'promoted') return false;
    const at = (await store.readPublications()).get(environmentId);
    return at !== undefined && at.epoch === newest.epoch && at.revision <= newest.base;
  }

  async #put(candidate: TriedCandidate, last: BusHead | null): Promise<void> {
    const { environmentId, epoch, base, number } = candidate;
    const id = candidateMessageId(environmentId, { epoch, revision: base, candidate: number });
    if (last?.id === id) return;
    const answer = await this.#make(candidate);
    if (answer === null) return;
    if (answer.outcome === 'passed') {
      const { head, body } = answer.block;
      await this.#append(environmentId, id, last, signBlock(this.#deps.signingKey, head, body));
    } else if (answer.outcome === 'lost' && answer.entity === null) throw new Error(answer.problem);
    else await this.#deps.refuse(candidate, `It did not pass the gate: ${answer.problem}`);
  }

  /** Null: its base is not on the bus yet, or not the newest there any more; somebody looks again soon. */
  async #make({
    environmentId,
    changeId,
    epoch,
    base,
    number,
    confirmations,
  }: TriedCandidate): Promise<GateAnswer | null> {
    const { store, changes, gate } = this.#deps;
    const at = (await store.readPublications()).get(environmentId);
    if (at === undefined || at.epoch !== epoch || at.revision !== base) return null;
    const withheld = await store.readWithheld(environmentId, base);
    const before = await changes.entitiesAt(environmentId, base, sinceOf(withheld));
    const own = await changes.candidateEntities(environmentId, changeId);
    const entities = own.map(
      ({ kind, key, json, sha256 }): EntityVersion => ({ kind, key, json, sha256, revision: base }),
    );
    try {
      const loaded = await gate.load(environmentId, at, before);
      if (loaded.outcome === 'lost') return loaded;
      const asked = { epoch, revision: base, candidate: number, confirmations, entities, expected: null };
      return await gate.next(environmentId, asked);
    } finally {
      gate.drop(environmentId);
    }
  }

  /** Another publisher may have been faster: then it is looked at again. */
  async #append(environmentId: string, id: string, last: BusHead | null, body: Uint8Array): Promise<void> {
    const { log } = this.#deps;
    const stream = candidateStream(environmentId);
    await log.append({ stream, id, after: last?.id ?? null, checkpoint: true, body });
    await log.trim(stream, KEPT_MESSAGES);
  }
}
