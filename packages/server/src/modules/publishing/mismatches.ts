/** Environments whose bus is not what the database says: what is said of them, once, and whether anything may be published. */
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Mismatch } from './reconcile.ts';

export class Mismatches {
  readonly #logger: Logger;
  readonly #standing = new Map<string, Mismatch>();
  /** What was logged, until it is over. */
  readonly #told = new Map<string, Mismatch['kind']>();
  /** That blocked, and are tried once more; they stand until that succeeds. */
  readonly #tried = new Set<string>();
  #count = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How many were found since the start; one that lasts counts once. */
  get count(): number {
    return this.#count;
  }

  problem(environmentId: string): string | null {
    return this.#standing.get(environmentId)?.problem ?? null;
  }

  /** Whether the environment must not be published. */
  blocks(environmentId: string): boolean {
    return this.#standing.get(environmentId)?.kind === 'ahead' && !this.#tried.has(environmentId);
  }

  found(mismatch: Mismatch): void {
    const { environmentId, kind, problem } = mismatch;
    this.#standing.set(environmentId, mismatch);
    this.#tried.delete(environmentId);
    if (this.#told.get(environmentId) === kind) return;
    this.#told.set(environmentId, kind);
    this.#count += 1;
    this.#logger.error({ environment: environmentId, problem }, 'bus and database do not agree');
  }

  environments(): readonly string[] {
    return [...this.#standing.keys()];
  }

  /** Bus and database were compared, and this was not found any more. One that blocked is tried, and may be found again. */
  notFound(environmentId: string): void {
    if (this.#standing.get(environmentId)?.kind === 'ahead') this.#tried.add(environmentId);
    else this.#agree(environmentId);
  }

  /** Another process has the environment now, and says of it what there is to say. */
  forget(environmentId: string): void {
    this.#standing.delete(environmentId);
    this.#tried.delete(environmentId);
    this.#told.delete(environmentId);
  }

  /** An environment was published: what blocked it is over. Of anything else, comparing says so. */
  published(environmentId: string): void {
    if (this.#tried.has(environmentId)) this.#agree(environmentId);
  }

  #agree(environmentId: string): void {
    this.#standing.delete(environmentId);
    this.#tried.delete(environmentId);
    if (this.#told.delete(environmentId))
      this.#logger.info({ environment: environmentId }, 'bus and database agree again');
  }
}
