/**
 * Which keys are revoked, kept on disk apart from the rulesets. A copy of a ruleset is saved once a second at most, and a
 * restart may begin with the older of two: here every revocation is written down as soon as it is known, and holds for
 * whatever older copy comes to be served afterwards.
 */
import type { Timers } from '@flaghoist/client';
import { compareCursors, type Cursor } from '@flaghoist/protocol/ruleset';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { withDeadline } from '../deadline.ts';
import type { RulesetFolder } from '../replica/ruleset-folder.ts';
import type { AccessIndex } from './access-index.ts';

export interface RevocationsOptions {
  /** Null: nothing is kept over a restart. */
  readonly folder: Pick<RulesetFolder, 'environments' | 'readRevoked' | 'saveRevoked'> | null;
  readonly index: AccessIndex;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly deadlineMs: number;
}

/** The keys that an environment's document called revoked at a place. */
interface Known {
  readonly place: Cursor;
  readonly keys: readonly string[];
}

export class Revocations {
  readonly #options: RevocationsOptions;
  readonly #known = new Map<string, Known>();
  /** Environments whose ruleset is perhaps older than what is known of their keys. */
  readonly #foreseen = new Set<string>();
  /** What is being written, and with what it is to be followed. */
  readonly #writing = new Map<string, Promise<void>>();
  readonly #unwritten = new Set<string>();
  #fails = false;

  constructor(options: RevocationsOptions) {
    this.#options = options;
  }

  /** Reads what was kept, before any copy of a ruleset is used. Never rejects; a disk that hangs is not waited for. */
  async open(): Promise<void> {
    const { logger, timers, deadlineMs } = this.#options;
    await withDeadline(this.#read(), deadlineMs, 'Reading which keys are revoked', timers).catch((error: unknown) =>
      logger.warn({ err: error }, 'Which keys were revoked cannot be read'),
    );
  }

  /**
   * The environment's ruleset is at this place now, and the index knows it. `isOfKeys`: some key is not what it was. Returns
   * ids as `foresee` does.
   */
  applied(environment: string, place: Cursor, isOfKeys: boolean): readonly string[] {
    const { index } = this.#options;
    const known = this.#known.get(environment);
    const isForeseen = this.#foreseen.has(environment);
    if (!isOfKeys && !isForeseen) return [];
    if (known !== undefined && compareCursors(place, known.place) < 0) return [];
    const keys = index.revokedIn(environment);
    this.#foreseen.delete(environment);
    const freed = isForeseen ? index.foresee(environment, []) : [];
    if (keys.length !== (known?.keys.length ?? 0) || keys.some((id) => known?.keys.includes(id) !== true)) {
      this.#known.set(environment, { place, keys });
      this.#unwritten.add(environment);
      if (!this.#writing.has(environment)) this.#writing.set(environment, this.#write(environment));
    }
    return freed;
  }

  /** The environment is not followed any more, and its folder is being deleted. Returns ids as `foresee` does. */
  forget(environment: string): readonly string[] {
    this.#known.delete(environment);
    this.#unwritten.delete(environment);
    this.#foreseen.delete(environment);
    return this.#options.index.foresee(environment, []);
  }

  /** Resolves when nothing is being written any more, or has not been in time. */
  async close(): Promise<void> {
    const { timers, deadlineMs } = this.#options;
    const written = Promise.all(this.#writing.values());
    await withDeadline(written, deadlineMs, 'Writing which keys are revoked', timers).catch(() => undefined);
  }

  async #read(): Promise<void> {
    const { folder, index, logger } = this.#options;
    for (const environment of (await folder?.environments()) ?? []) {
      const text = (await folder?.readRevoked(environment)) ?? null;
      if (text === null) continue;
      const known = parseKnown(text);
      if (known === null) logger.warn({ environment }, 'What was kept about revoked keys is unreadable, and ignored');
      // It may have been followed meanwhile, when the disk was slow.
      else if (!this.#known.has(environment)) {
        this.#known.set(environment, known);
        this.#foreseen.add(environment);
        index.foresee(environment, known.keys);
      }
    }
  }

  /** What cannot be written is tried again with the next revocation. */
  async #write(environment: string): Promise<void> {
    const { folder, logger } = this.#options;
    try {
      while (this.#unwritten.delete(environment)) {
        const known = this.#known.get(environment);
        if (known !== undefined) await folder?.saveRevoked(environment, formatKnown(known));
        this.#fails = false;
      }
    } catch (error) {
      if (!this.#fails) logger.warn({ err: error, environment }, 'Which keys are revoked could not be written down');
      this.#fails = true;
    } finally {
      this.#writing.delete(environment);
    }
  }
}

function formatKnown({ place, keys }: Known): string {
  return `${JSON.stringify({ epoch: place.epoch, revision: place.revision, keys })}\n`;
}

function parseKnown(text: string): Known | null {
  let value: { readonly epoch?: unknown; readonly revision?: unknown; readonly keys?: unknown } | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return null;
  }
  if (value === null || typeof value !== 'object') return null;
  const { epoch, revision, keys } = value;
  if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(revision) || !Array.isArray(keys)) return null;
  if (!keys.every((key) => typeof key === 'string')) return null;
  return { place: { epoch: epoch as number, revision: revision as number }, keys };
}
