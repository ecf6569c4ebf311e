/**
 * The last good ruleset on disk, for edges and SDKs alike: two generations, the mark of the ruleset being tried, and what
 * is quarantined. Files and timers are handed in; whatever happens to them, applying goes on in memory.
 */
import type { Block, Sha256 } from '@flaghoist/protocol/ruleset';
import { describePlace, type Place, placeOf } from './place.ts';
import type { ApplyResult, Refusal } from './ruleset-copy.ts';
import { createRulesetSaver, type RulesetSaver } from './ruleset-saver.ts';
import { formatStored, type Hasher, parseStored, type StoredContent, type StoredRuleset } from './stored-ruleset.ts';
import type { Timers } from './transport.ts';
import {
  type Beginning,
  decideBeginning,
  formatTrial,
  HEALTHY_USE_MS,
  lifts,
  parseTrial,
  type Trial,
} from './trial.ts';

/** Texts under one name in a folder. Everything may fail. */
export interface LastGoodStore {
  load(): Promise<{
    /** The newer and the older generation; null: there is none. */
    readonly copies: readonly (string | null)[];
    /** Of processes that are gone. They stay until `forgetMarks`. */
    readonly marks: readonly string[];
    readonly quarantine: string | null;
    readonly proven: string | null;
  }>;
  /** Writes the newer generation, whole and durable. `keepPrevious`: what was there becomes the older one. */
  save(chunks: readonly string[], keepPrevious: boolean): Promise<void>;
  /** This process's mark, which survives its death when this returns. Takes well under a millisecond. */
  mark(text: string): void;
  unmark(): void;
  /** Takes away the marks that `load` has found: what they said is written down elsewhere by now. */
  forgetMarks(): Promise<void>;
  /** Null: nothing is quarantined any more. */
  saveQuarantine(text: string | null): Promise<void>;
  /** What processes to come are told as `proven`. */
  saveProven(text: string): Promise<void>;
}

export interface LastGoodOptions {
  readonly store: LastGoodStore;
  readonly sha256: Sha256;
  readonly createHasher: () => Hasher;
  readonly timers: Timers;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  /** Why a copy is not one to begin with, before it counts for anything; null: it may be. Absent: each may be. */
  readonly check?: (blocks: readonly Block[]) => Refusal | null;
  /** What is in use now; null: nothing. */
  readonly content: () => StoredContent | null;
  readonly onProblem: (message: string) => void;
}

export interface Loaded {
  readonly place: Place;
  readonly savedAt: number;
  /** `older`: the newer generation is damaged, quarantined or missing. */
  readonly generation: 'newer' | 'older';
}

type Good = StoredRuleset & { readonly ok: true };

export class LastGood {
  readonly #options: LastGoodOptions;
  readonly #saver: RulesetSaver;
  #quarantined: Place | null = null;
  #unclean: Beginning['unclean'] = new Map();
  /** What the mark on disk names. */
  #marked: Place | null = null;
  #cancelProbation: (() => void) | null = null;
  /** Hash of the ruleset that was last in use for long enough. */
  #proven: string | null = null;
  #keepingProven: Promise<void> = Promise.resolve();
  /** Hash in the newer file; null: it is missing or no good. */
  #newer: string | null = null;
  #hasOlder = false;
  #marksFail = false;
  #savesFail = false;

  constructor(options: LastGoodOptions) {
    this.#options = options;
    this.#saver = createRulesetSaver({
      save: () => this.#save(),
      timers: options.timers,
      onFailure: (error) => this.#saveFailed(error),
    });
  }

  /** Applies the newest copy that is whole and not quarantined; null when there is none. Never rejects. */
  async load(apply: (blocks: readonly Block[]) => ApplyResult): Promise<Loaded | null> {
    const { store, sha256, onProblem } = this.#options;
    try {
      const { copies, marks, quarantine, proven } = await store.load();
      const stored = copies.map((text) => (text === null ? null : this.#check(parseStored(sha256, text))));
      stored.forEach((one, index) => this.#complain(one, index));
      const good = stored.map((one) => (one?.ok ? one : null));
      const trials = marks.map(parseTrial).filter((trial): trial is Trial => trial !== null);
      const places = good.flatMap((one) => (one === null ? [] : [one.place]));
      const isKept = await this.#begin(
        decideBeginning(trials, placeIn(quarantine), places, placeIn(proven)?.hash ?? null),
      );
      const loaded = this.#first(good, apply);
      // Last: this process may be killed at any moment before, and what the marks say counts until it is written down anew.
      if (isKept && !this.#marksFail) await store.forgetMarks();
      return loaded;
    } catch (error) {
      onProblem(`The saved ruleset could not be read: ${describeError(error)}`);
      return null;
    }
  }

  /** Why this ruleset must not be applied; null: it may be. */
  refusal(place: Place): string | null {
    if (place.hash !== this.#quarantined?.hash) return null;
    return 'it is quarantined, because the process died several times soon after it began to use it. A newer revision ends that.';
  }

  /** Call it before a ruleset is used for the first time. */
  trying(place: Place): void {
    if (place.hash === this.#proven || place.hash === this.#marked?.hash) return;
    this.#marked = place;
    try {
      this.#options.store.mark(formatTrial({ place, unclean: this.#unclean.get(place.hash) ?? 0 }));
      this.#marksFail = false;
    } catch (error) {
      if (!this.#marksFail) this.#options.onProblem(`The ruleset in use could not be marked: ${describeError(error)}`);
      this.#marksFail = true;
    }
    if (this.#cancelProbation === null) this.#probe(place);
  }

  /** What is in use has changed to this: it will be saved. */
  applied(place: Place): void {
    if (this.#quarantined !== null && lifts(place, this.#quarantined)) {
      this.#quarantined = null;
      void this.#keepQuarantine(null);
    }
    this.#saver.request();
  }

  /** Saves what is unsaved and takes the mark away: this process has ended in order. Never rejects. */
  async close(): Promise<void> {
    this.#cancelProbation?.();
    this.#cancelProbation = null;
    await this.#saver.close();
    await this.#keepingProven;
    this.#unmark();
  }

  #check(stored: StoredRuleset): StoredRuleset {
    const refusal = stored.ok ? (this.#options.check?.(stored.blocks) ?? null) : null;
    return refusal ?? stored;
  }

  #complain(stored: StoredRuleset | null, index: number): void {
    if (stored === null || stored.ok) return;
    const which = index === 0 ? 'The saved ruleset' : 'The older saved ruleset';
    this.#options.onProblem(`${which} is ignored: ${stored.message}`);
  }

  /** Whether what follows from the marks is written down, where it has to be. */
  async #begin({ quarantined, isNew, suspect, unclean }: Beginning): Promise<boolean> {
    this.#unclean = unclean;
    this.#quarantined = quarantined;
    if (quarantined !== null && isNew) {
      const message = `The ruleset ${describePlace(quarantined)} (head ${quarantined.hash}) is quarantined: the process died ${this.#deaths(quarantined)} times in a row within ${HEALTHY_USE_MS / 1_000} s of using it.`;
      this.#options.onProblem(message);
      return this.#keepQuarantine(quarantined);
    }
    if (suspect !== null)
      this.#options.onProblem(
        `The process died ${this.#deaths(suspect)} times in a row within ${HEALTHY_USE_MS / 1_000} s of using the ruleset ${describePlace(suspect)}; there is no other to use instead.`,
      );
    return true;
  }

  #deaths({ hash }: Place): number {
    return this.#unclean.get(hash) ?? 0;
  }

  #first(good: readonly (Good | null)[], apply: (blocks: readonly Block[]) => ApplyResult): Loaded | null {
    const [newer, older] = good;
    this.#hasOlder = older != null;
    const usable = (one: Good | null | undefined): boolean => one != null && this.refusal(one.place) === null;
    this.#newer = newer != null && usable(newer) ? newer.place.hash : null;
    for (const [index, one] of good.entries()) {
      if (one === null || !usable(one)) continue;
      this.trying(one.place);
      const result = apply(one.blocks);
      if (result.ok) return { place: one.place, savedAt: one.savedAt, generation: index === 0 ? 'newer' : 'older' };
      this.#options.onProblem(`The saved ruleset is ignored: ${result.message}`);
      if (index === 0) this.#newer = null;
    }
    this.#unmark();
    return null;
  }

  /** Whoever lives on for long enough has not been killed by what it uses. */
  #probe(place: Place): void {
    this.#cancelProbation = this.#options.timers.after(HEALTHY_USE_MS, () => {
      this.#cancelProbation = null;
      this.#proven = place.hash;
      this.#keepingProven = this.#keepProven(place);
      const marked = this.#marked;
      if (marked === null || marked.hash === place.hash) this.#unmark();
      else this.#probe(marked);
    });
  }

  #unmark(): void {
    this.#marked = null;
    try {
      this.#options.store.unmark();
    } catch (error) {
      this.#options.onProblem(`The mark of the ruleset in use could not be taken away: ${describeError(error)}`);
    }
  }

  async #save(): Promise<void> {
    const { store, sha256, createHasher, timers, pause, content } = this.#options;
    const now = content();
    // What is only tried is not kept: a restart begins with what was published.
    if (now === null || now.head.candidate !== undefined) return;
    const place = placeOf(now.head, sha256(now.headText));
    const chunks = await formatStored(createHasher(), now, place, timers.now(), pause);
    // The older generation is worth something only while it is one that is known to do no harm.
    const keepPrevious = this.#newer !== null && (this.#newer === this.#proven || !this.#hasOlder);
    await store.save(chunks, keepPrevious);
    if (keepPrevious) this.#hasOlder = true;
    this.#newer = place.hash;
    this.#savesFail = false;
  }

  #saveFailed(error: unknown): void {
    if (!this.#savesFail) this.#options.onProblem(`The ruleset could not be saved: ${describeError(error)}`);
    this.#savesFail = true;
  }

  /** Where it cannot be written down, the next start is as careful as with a ruleset that is new. */
  async #keepProven(place: Place): Promise<void> {
    try {
      await this.#options.store.saveProven(formatTrial({ place, unclean: 0 }));
    } catch {
      // A disk that takes nothing is said where a ruleset is saved.
    }
  }

  async #keepQuarantine(place: Place | null): Promise<boolean> {
    try {
      await this.#options.store.saveQuarantine(place === null ? null : formatTrial({ place, unclean: 0 }));
      return true;
    } catch (error) {
      this.#options.onProblem(`What is quarantined could not be written down: ${describeError(error)}`);
      return false;
    }
  }
}

function placeIn(text: string | null): Place | null {
  return text === null ? null : (parseTrial(text)?.place ?? null);
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
