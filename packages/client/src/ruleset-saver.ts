/** Keeps a file behind a ruleset that changes faster than files should be written. */
import type { Timers } from './transport.ts';

export const SAVE_INTERVAL_MS = 1_000;

export interface RulesetSaver {
  /** Something changed. The first call saves at once; what changes during a save or soon after it is saved together. */
  request(): void;
  /** Saves what is still unsaved and ends; further requests do nothing. Resolves when no save runs any more. */
  close(): Promise<void>;
}

export interface RulesetSaverOptions {
  /** Saves what there is when it is called. */
  readonly save: () => Promise<void>;
  readonly timers: Timers;
  /** A save failed; the next change tries again. */
  readonly onFailure: (error: unknown) => void;
}

export function createRulesetSaver(options: RulesetSaverOptions): RulesetSaver {
  return new Saver(options);
}

/** At most one save runs; saves begin `SAVE_INTERVAL_MS` apart or more; the latest content wins. */
class Saver implements RulesetSaver {
  readonly #options: RulesetSaverOptions;
  #running: Promise<void> | null = null;
  #cancelPause: (() => void) | null = null;
  #unsaved = false;
  #closed = false;

  constructor(options: RulesetSaverOptions) {
    this.#options = options;
  }

  request(): void {
    if (this.#closed) return;
    this.#unsaved = true;
    if (this.#running === null && this.#cancelPause === null) this.#begin();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPause?.();
    this.#cancelPause = null;
    await this.#running;
    if (this.#unsaved) await this.#save();
  }

  #begin(): void {
    this.#cancelPause = this.#options.timers.after(SAVE_INTERVAL_MS, () => {
      this.#cancelPause = null;
      this.#continue();
    });
    this.#running = this.#save().finally(() => {
      this.#running = null;
      this.#continue();
    });
  }

  #continue(): void {
    if (this.#unsaved && !this.#closed && this.#running === null && this.#cancelPause === null) this.#begin();
  }

  async #save(): Promise<void> {
    this.#unsaved = false;
    const { save, onFailure } = this.#options;
    try {
      await save();
    } catch (error) {
      onFailure(error);
    }
  }
}
