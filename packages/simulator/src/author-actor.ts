/** Somebody who makes changes, and asks again with the same id until there is an answer. */
import { keyEdit } from './edit.ts';
import { Condition, Link } from './link.ts';
import type { Scene } from './scene.ts';
import type { Change, SimulatedDatabase } from './simulated-database.ts';
import { Machine } from './machine.ts';

const DEADLINE_MS = 5_000;
const AGAIN_MS = 2_000;

export class AuthorActor {
  readonly machine = new Machine('author');
  readonly database = new Condition();
  readonly #scene: Scene;
  /** Not acknowledged yet. */
  readonly #open = new Set<string>();
  /** The change that was last asked for to each environment's key: an earlier one is refused by its `If-Match`. */
  readonly #keyChanges = new Map<string, string>();
  /** The database before the last commit: what a power cut leaves where nothing was synced. */
  #unsynced: SimulatedDatabase | null = null;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  get isDone(): boolean {
    return this.#open.size === 0;
  }

  commit(change: Change): void {
    this.#open.add(change.id);
    if (isOfKey(change)) this.#keyChanges.set(change.environment, change.id);
    this.#attempt(change);
  }

  /** Revokes the key of an environment, or takes that back. */
  setKey(environment: string, isRevoked: boolean): void {
    const { id, sha256 } = this.#scene.keyOf(environment);
    this.commit({ id: this.#scene.nextChange(), environment, edits: [keyEdit(id, sha256, isRevoked)] });
  }

  /** The database lost its power: what was acknowledged is on disk. */
  cutDatabasePower(): void {
    if (this.#scene.seams.databaseSyncs || this.#unsynced === null) return;
    this.#scene.database = this.#scene.watchDatabase(this.#unsynced);
    this.#unsynced = null;
  }

  #attempt(change: Change): void {
    const { world, recording, seams } = this.#scene;
    if (!this.#open.has(change.id)) return;
    const way = new Link(world, this.machine, 'The database', this.database);
    const again = (): void => void world.after(this.machine, AGAIN_MS, () => this.#attempt(change));
    const cancel = world.after(this.machine, DEADLINE_MS, again);
    const answer = way.ask(() => {
      if (isOfKey(change) && this.#keyChanges.get(change.environment) !== change.id) return false;
      if (!seams.databaseSyncs) this.#unsynced = this.#scene.database.copy(0);
      this.#scene.database.commit(change);
      return true;
    });
    answer.then(
      (isMade) => {
        cancel();
        if (this.#open.delete(change.id) && isMade)
          recording.note('author', { what: 'acknowledged', change: change.id });
      },
      () => {
        cancel();
        again();
      },
    );
  }
}

function isOfKey({ edits }: Change): boolean {
  return edits.some(({ kind }) => kind === 'key');
}
