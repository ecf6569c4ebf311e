/**
 * The publisher: reads each environment's revisions contiguously and appends them to the bus.
 *
 * What it appends is computed from the database alone, so two publishers append the same bytes under the same ids and the
 * bus keeps one of them; `after` fences off one that fell behind. A crash between append and remember repeats the append.
 */
import { createFollower, type Follower, type OrderedLog } from '@flaghoist/bus';
import type { RegexEngine } from '@flaghoist/evaluator';
import { formatBlock } from '@flaghoist/protocol/ruleset';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../../platform/database.ts';
import { CHANGE_CHANNEL, type Changes } from '../changes/index.ts';
import { Line, type NextBlock, type Publication, toLine } from './line.ts';
import { readHead, readPublications, remember } from './store.ts';

const POLL_MS = 1_000;
const REVISIONS_AT_ONCE = 100;
/**
 * A checkpoint follows every so many revisions, counted by the revision itself so that a restart changes nothing, or
 * when the patches since the last one have more bytes than it: whoever starts reads no more than that.
 */
const CHECKPOINT_REVISIONS = 200;
const CHECKPOINT_BYTES = 256 << 10;
/** Messages kept behind the end, for followers that were away. */
const KEPT_MESSAGES = 1_000;

interface Published {
  readonly line: Line;
  lastId: string | null;
  isCheckpointDue: boolean;
  patchBytes: number;
  checkpointBytes: number;
}

interface PublisherDeps {
  readonly database: Database;
  readonly changes: Changes;
  readonly log: OrderedLog;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly regex: RegexEngine;
}

export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #published = new Map<string, Published>();
  readonly #problems = new Map<string, string>();
  #follower: Follower | null = null;
  #unlisten: () => Promise<void> = async () => undefined;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { logger, database } = this.#deps;
    const onError = (error: unknown) =>
      logger.warn({ error: (error as Error).message }, 'publishing failed and will be tried again');
    const follower = createFollower({ wake: () => this.#run(), pollMs: POLL_MS, onError });
    this.#follower = follower;
    this.#unlisten = await database.listen(CHANGE_CHANNEL, () => follower.request());
  }

  async stop(): Promise<void> {
    await this.#unlisten();
    await this.#follower?.stop();
  }

  /** The revision of an environment that this process published last, and what keeps it from going on. */
  status(environmentId: string): { readonly revision: number; readonly problem: string | null } {
    const { line, lastId } = this.#published.get(environmentId) ?? { lastId: null };
    // The line is ahead of the bus while an append is under way, the bus of the line when it outlived the database.
    const revision = line === undefined || lastId === null ? 0 : Math.min(line.at.revision, revisionIn(lastId));
    return { revision, problem: this.#problems.get(environmentId) ?? null };
  }

  async #run(): Promise<void> {
    const { changes, database, log } = this.#deps;
    const lines = await changes.lines();
    const behind = lines.filter(
      ({ environmentId, revision }) => (this.#published.get(environmentId)?.line.at.revision ?? -1) < revision,
    );
    if (behind.length === 0) return;
    const isUnknown = behind.some(({ environmentId }) => !this.#published.has(environmentId));
    const publications = isUnknown ? await readPublications(database.db) : new Map<string, Publication>();
    const heads = isUnknown ? await log.heads() : new Map<string, { readonly id: string }>();
    for (const { environmentId, epoch } of behind) {
      const at = publications.get(environmentId) ?? { epoch, revision: 0, hash: '' };
      await this.#bringUp(environmentId, at, heads.get(environmentId)?.id ?? null);
    }
  }

  async #bringUp(environmentId: string, at: Publication, lastId: string | null): Promise<void> {
    try {
      const to = this.#published.get(environmentId) ?? (await this.#takeUp(environmentId, at, lastId));
      while (await this.#publishNext(to));
    } catch (error) {
      // What this process believes about the environment may be wrong now: take it up anew at the next run.
      this.#published.delete(environmentId);
      this.#deps.logger.warn(
        { environment: environmentId, error: (error as Error).message },
        'publishing was interrupted and will be taken up again',
      );
    }
  }

  /** Takes an environment up where the database says it was published, and repairs a bus that does not have that. */
  async #takeUp(environmentId: string, at: Publication, lastId: string | null): Promise<Published> {
    const entities = at.revision === 0 ? [] : await this.#deps.changes.entitiesAt(environmentId, at.revision);
    const line = new Line(environmentId, at, entities, this.#deps.regex);
    const taken: Published = { line, lastId, isCheckpointDue: false, patchBytes: 0, checkpointBytes: 0 };
    const isAhead = lastId !== null && revisionIn(lastId) > at.revision;
    const isThere = lastId === messageId(environmentId, at) || lastId === checkpointId(environmentId, at);
    if (at.revision > 0 && !isAhead && !isThere) await this.#appendCheckpoint(taken);
    this.#published.set(environmentId, taken);
    return taken;
  }

  /** True when there may be more to publish. */
  async #publishNext(to: Published): Promise<boolean> {
    const { changes, database, now } = this.#deps;
    const { environmentId, at } = to.line;
    const revisions = await changes.revisionsAfter(environmentId, at.revision, REVISIONS_AT_ONCE);
    const last = revisions.at(-1);
    if (last === undefined) return false;
    const versions = await changes.versionsBetween(environmentId, at.revision, last.revision);
    const blocks: NextBlock[] = [];
    for (const revision of revisions) {
      const next = to.line.next(
        revision,
        versions.filter((version) => version.revision === revision.revision),
      );
      if (!next.ok) {
        this.#refuse(environmentId, revision.revision, next.problem);
        break;
      }
      await this.#append(to, next.block);
      blocks.push(next.block);
    }
    await remember(database.db, environmentId, blocks, now().toISOString());
    if (blocks.length < revisions.length) return false;
    this.#problems.delete(environmentId);
    if (to.isCheckpointDue || to.patchBytes > Math.max(CHECKPOINT_BYTES, to.checkpointBytes))
      await this.#appendCheckpoint(to);
    return revisions.length === REVISIONS_AT_ONCE;
  }

  async #append(to: Published, block: NextBlock): Promise<void> {
    // The first revision is a whole ruleset: nothing is before it.
    const checkpoint = block.publication.revision === 1;
    const body = Buffer.from(block.text);
    await this.#appendMessage(to, messageId(to.line.environmentId, block.publication), checkpoint, body);
    if (block.publication.revision % CHECKPOINT_REVISIONS === 0) to.isCheckpointDue = true;
    to.patchBytes = checkpoint ? 0 : to.patchBytes + body.length;
  }

  async #appendCheckpoint(to: Published): Promise<void> {
    const { changes, database, log } = this.#deps;
    const { environmentId, at } = to.line;
    const head = await readHead(database.db, environmentId, at);
    if (head === undefined) throw new Error(`the head of ${environmentId} at ${at.epoch}.${at.revision} is missing`);
    const body = Buffer.from(formatBlock(head, (await changes.entitiesAt(environmentId, at.revision)).map(toLine)));
    await this.#appendMessage(to, checkpointId(environmentId, at), true, body);
    Object.assign(to, { isCheckpointDue: false, patchBytes: 0, checkpointBytes: body.length });
    await log.trim(environmentId, KEPT_MESSAGES);
  }

  async #appendMessage(to: Published, id: string, checkpoint: boolean, body: Buffer): Promise<void> {
    const stream = to.line.environmentId;
    const result = await this.#deps.log.append({ stream, id, after: to.lastId, checkpoint, body });
    if (result.outcome === 'refused')
      throw new Error(`another publisher appended ${result.last ?? 'nothing'} to ${stream}`);
    to.lastId = id;
  }

  #refuse(environmentId: string, revision: number, problem: string): void {
    const told = `revision ${revision} does not prepare: ${problem}`;
    if (this.#problems.get(environmentId) === told) return;
    this.#problems.set(environmentId, told);
    this.#deps.logger.error({ environment: environmentId, revision, problem }, 'a revision was not published');
  }
}

/** The revision on the bus of each environment that has one. */
export async function publishedRevisions(log: OrderedLog): Promise<ReadonlyMap<string, number>> {
  const heads = await log.heads();
  return new Map([...heads].map(([environmentId, { id }]) => [environmentId, revisionIn(id)]));
}

function messageId(environmentId: string, { epoch, revision }: Publication): string {
  return `${environmentId}.${epoch}.${revision}`;
}

function checkpointId(environmentId: string, at: Publication): string {
  return `${messageId(environmentId, at)}.checkpoint`;
}

function revisionIn(id: string): number {
  return Number(id.split('.')[2]);
}
