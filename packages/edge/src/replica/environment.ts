/** One environment as this edge holds it: verified content, and what streams and snapshots are made of. */
import {
  type ApplyResult,
  type CheckSignature,
  type LastGood,
  placeOf,
  type Refusal,
  type RefusalReason,
  type StoredContent,
  VerifiedRuleset,
} from '@flaghoist/client';
import type { LogMessage } from '@flaghoist/bus';
import type { RegexEngine, Ruleset } from '@flaghoist/evaluator';
import {
  type Block,
  type Cursor,
  type EntityLine,
  formatCursor,
  formatHeadLines,
  type Head,
  parseBlocks,
  type Sha256,
} from '@flaghoist/protocol/ruleset';
import { formatEvent, formatPatch, formatPatchEvent } from './events.ts';
import { PatchWindow, type WindowLimits } from './patch-window.ts';
import { type Mark, type Snapshot, SnapshotKeeper } from './snapshot.ts';

export interface Refused {
  /**
   * `unreadable`: not one whole block. `checkpoint`: the bus holds none. `quarantine`: the process died of it before. Else
   * what verification found.
   */
  readonly reason: RefusalReason | 'unreadable' | 'checkpoint' | 'quarantine';
  readonly message: string;
}

export interface EnvironmentOptions {
  readonly id: string;
  readonly sha256: Sha256;
  readonly regex: RegexEngine;
  /** Absent: heads need no signature. */
  readonly signatures?: CheckSignature | null;
  readonly limits: WindowLimits & { readonly patchBytes: number };
  /** Called after every block that was applied, before anything else happens. */
  readonly onChanged: (changed: readonly EntityLine[]) => void;
}

/** A verified ruleset and its place, as of one moment. */
export interface Current extends Mark {
  readonly head: Head;
  readonly ruleset: Ruleset;
}

export class Environment {
  readonly id: string;
  readonly window: PatchWindow;
  readonly #options: EnvironmentOptions;
  readonly #copy: VerifiedRuleset;
  readonly #snapshot: SnapshotKeeper;
  /** What a snapshot holds, in no order: to sort 10,000 entities for each would hold everybody up for 8 ms. */
  readonly #lines = new Map<string, EntityLine>();
  /** The access document, which only the copy on disk holds beside the rules. */
  readonly #keys = new Map<string, EntityLine>();
  #current: Current | null = null;
  #headEvent: Buffer | null = null;

  constructor(options: EnvironmentOptions) {
    this.id = options.id;
    this.#options = options;
    const { sha256, regex, signatures } = options;
    const asked = signatures == null ? {} : { signatures };
    this.#copy = new VerifiedRuleset({ sha256, access: 'verified', regex, ...asked });
    this.window = new PatchWindow(options.limits);
    this.#snapshot = new SnapshotKeeper(() => ({
      mark: this.#mark(),
      headLines: formatHeadLines(this.#copy.headText, this.#copy.signature),
      entities: [...this.#lines.values()],
    }));
  }

  /** Null until something was verified. */
  get current(): Current | null {
    return this.#current;
  }

  get entities(): number {
    return this.#copy.size;
  }

  get cursor(): Cursor | null {
    return this.#copy.cursor;
  }

  /** The head as an event: proof of freshness. */
  headEvent(): Buffer {
    this.#headEvent ??= formatEvent('head', formatHeadLines(this.#copy.headText, this.#copy.signature));
    return this.#headEvent;
  }

  readSnapshot(): Promise<Snapshot> {
    return this.#snapshot.read();
  }

  /** What a copy on disk is made of; null until something was verified. Unchangeable. */
  content(): StoredContent | null {
    const { head, headText, signature } = this.#copy;
    const entities = [...this.#lines.values(), ...this.#keys.values()];
    return head === null ? null : { head, headText, signature, entities };
  }

  /** Applies a copy from disk, unless the bus was faster. */
  restore(blocks: readonly Block[]): ApplyResult {
    const [block] = blocks;
    if (block === undefined || this.#copy.head !== null || block.head.environment !== this.id)
      return { ok: false, reason: 'environment', message: 'It is not needed, or not of this environment.' };
    const result = this.#copy.applyFull(block);
    if (result.ok) this.#changed(block, result.changed, true);
    return result;
  }

  /**
   * Applies what one message of the bus says; null when that is done or was done before. What is refused changes
   * nothing. `inPassing`: another message follows at once, before anybody evaluates; only then is a quarantined ruleset
   * gone through.
   */
  take(message: LogMessage, lastGood: LastGood | null = null, inPassing = false): Refused | null {
    const blocks = parseBlocks(Buffer.from(message.body).toString());
    const block = blocks?.[0];
    if (block === undefined || blocks?.length !== 1)
      return { reason: 'unreadable', message: `Message ${message.id} is not one whole block.` };
    if (block.head.environment !== this.id)
      return { reason: 'environment', message: `Message ${message.id} is of environment ${block.head.environment}.` };
    const unsigned = this.#copy.checkSigned([block]);
    if (unsigned !== null) return { reason: unsigned.reason, message: unsigned.message };
    const past = this.#comparePast(block);
    if (past !== null) {
      if (past === 'known') this.#resign(block, lastGood);
      return past === 'known' ? null : past;
    }
    const place = placeOf(block.head, this.#options.sha256(block.headText));
    const quarantine = inPassing ? null : (lastGood?.refusal(place) ?? null);
    if (quarantine !== null)
      return { reason: 'quarantine', message: `The ruleset ${formatCursor(place)} was refused: ${quarantine}` };
    if (!inPassing) lastGood?.trying(place);
    const full = message.checkpoint;
    const result = full ? this.#copy.applyFull(block) : this.#copy.applyPatch(block);
    if (!result.ok) return { reason: result.reason, message: result.message };
    this.#changed(block, result.changed, full);
    lastGood?.applied(place);
    return null;
  }

  /** Why a copy from disk is not to be used, before anything else of it is looked at; null: it may be. */
  checkSigned(blocks: readonly Block[]): Refusal | null {
    return this.#copy.checkSigned(blocks);
  }

  /** What was gone through in passing stays in use after all. */
  settle(lastGood: LastGood | null): void {
    const { head, headHash } = this.#copy;
    if (head !== null) lastGood?.trying(placeOf(head, headHash));
  }

  /** Nothing older than what is served is ever applied; the same place with another hash is a split brain. */
  #comparePast({ head, headText }: Block): 'known' | Refused | null {
    const mine = this.#copy.head;
    if (mine === null || head.epoch > mine.epoch) return null;
    if (head.epoch < mine.epoch || head.revision < mine.revision) return 'known';
    if (head.revision > mine.revision) return null;
    if (headText === this.#copy.headText) return 'known';
    const place = formatCursor(head);
    return { reason: 'history', message: `The bus holds another revision ${place} than the one served here.` };
  }

  /** The publisher has signed what is served with another key: what goes on from here has that signature. */
  #resign(block: Block, lastGood: LastGood | null): void {
    if (!this.#copy.resign(block)) return;
    this.#headEvent = null;
    this.#snapshot.discard();
    // Patches on the way here have the old signature: who comes from further back takes a snapshot.
    this.window.restart(block.head);
    lastGood?.applied(placeOf(block.head, this.#copy.headHash));
  }

  #mark(): Mark {
    const { headHash, cursor } = this.#copy;
    return { headHash, token: cursor === null ? '' : formatCursor(cursor) };
  }

  #changed({ head, headText, signature }: Block, changed: readonly EntityLine[], full: boolean): void {
    const mark = this.#mark();
    this.#current = { ...mark, head, ruleset: this.#copy.ruleset };
    this.#headEvent = null;
    this.#keep(changed);
    if (full) {
      this.window.restart(head);
      this.#snapshot.discard();
    } else {
      const block = formatPatch(formatHeadLines(headText, signature ?? null), changed);
      const event = block.length > this.#options.limits.patchBytes ? null : formatPatchEvent(block, head);
      this.window.push(event);
      this.#snapshot.append(mark, () => Buffer.from(block));
    }
    this.#options.onChanged(changed);
  }

  #keep(changed: readonly EntityLine[]): void {
    for (const line of changed) {
      const lines = line.kind === 'key' ? this.#keys : this.#lines;
      const name = `${line.kind}\t${line.key}`;
      if (line.json === null) lines.delete(name);
      else lines.set(name, line);
    }
  }
}
