/** One environment as this edge holds it: verified content, and what streams and snapshots are made of. */
import { type AppliedBlocks, type CheckSignature, type StoredContent, VerifiedRuleset } from '@flaghoist/client';
import type { RegexEngine, Ruleset } from '@flaghoist/evaluator';
import {
  type Cursor,
  type EntityLine,
  formatCursor,
  formatHeadLines,
  formatToken,
  type Head,
  type Sha256,
} from '@flaghoist/protocol/ruleset';
import { formatEvent } from './events.ts';
import { Form } from './form.ts';
import type { PatchWindow, WindowLimits } from './patch-window.ts';
import type { Compress, Mark, Snapshot } from './snapshot.ts';

export interface EnvironmentOptions {
  readonly id: string;
  readonly sha256: Sha256;
  readonly regex: RegexEngine;
  /** Absent: heads need no signature. */
  readonly signatures?: CheckSignature | null;
  readonly pause: () => Promise<void>;
  /** Absent: Node's gzip. */
  readonly compress?: Compress | undefined;
  readonly limits: WindowLimits & { readonly patchBytes: number };
  /** Called after everything that was applied, before anything else happens. */
  readonly onChanged: (changed: readonly EntityLine[]) => void;
}

/** A verified ruleset and its place, as of one moment. */
export interface Current extends Mark {
  readonly head: Head;
  readonly ruleset: Ruleset;
}

export class Environment {
  readonly id: string;
  /** Filled by whoever follows the environment, who then tells `apply`. */
  readonly copy: VerifiedRuleset;
  readonly #options: EnvironmentOptions;
  /** For SDKs: without keys. */
  readonly #rules: Form;
  /** For edges; null: none has asked yet. */
  #everything: Form | null = null;
  /** What a snapshot holds, in no order: to sort 10,000 entities for each would hold everybody up for 8 ms. */
  readonly #lines = new Map<string, EntityLine>();
  /** The access document. */
  readonly #keys = new Map<string, EntityLine>();
  #current: Current | null = null;
  #headEvent: Buffer | null = null;

  constructor(options: EnvironmentOptions) {
    this.id = options.id;
    this.#options = options;
    const { sha256, regex, signatures, limits, pause, compress } = options;
    const asked = signatures == null ? {} : { signatures };
    this.copy = new VerifiedRuleset({ sha256, access: 'verified', regex, ...asked });
    this.#rules = new Form({
      limits,
      pause,
      compress,
      withKeys: false,
      eventId: formatCursor,
      content: () => ({ mark: this.#mark(), headLines: this.#headLines(), entities: [...this.#lines.values()] }),
    });
  }

  /** Null until something was verified. */
  get current(): Current | null {
    return this.#current;
  }

  get entities(): number {
    return this.copy.size;
  }

  get cursor(): Cursor | null {
    return this.copy.cursor;
  }

  get window(): PatchWindow {
    return this.#rules.window;
  }

  /** What edges are sent. Its window begins where the environment was when the first edge asked. */
  get forRelays(): Form {
    this.#everything ??= this.#createEverything();
    return this.#everything;
  }

  /** The head as an event: proof of freshness. */
  headEvent(): Buffer {
    this.#headEvent ??= formatEvent('head', this.#headLines());
    return this.#headEvent;
  }

  readSnapshot(): Snapshot | Promise<Snapshot> {
    return this.#rules.readSnapshot();
  }

  /** What a copy on disk is made of; null until something was verified. Unchangeable. */
  content(): StoredContent | null {
    const { head, headText, signature } = this.copy;
    const entities = [...this.#lines.values(), ...this.#keys.values()];
    return head === null ? null : { head, headText, signature, entities };
  }

  /** The copy has gone on by this. */
  apply({ whole, blocks, changed }: AppliedBlocks): void {
    const { head, ruleset } = this.copy;
    const [first, ...patches] = blocks;
    if (head === null || first === undefined) return;
    const mark = this.#mark();
    this.#current = { ...mark, head, ruleset };
    this.#headEvent = null;
    this.#keep(changed);
    for (const form of [this.#rules, this.#everything]) {
      // No patch of a stream leads into a candidate: it is on no way to the next revision.
      if (head.candidate !== undefined) form?.restart(head, []);
      else if (whole) form?.restart(first.head, patches);
      else form?.patch(mark, first, changed);
    }
    this.#options.onChanged(changed);
  }

  /** The publisher has signed what is held with another key: what goes on from here has that signature. */
  resigned(): void {
    const { head } = this.copy;
    this.#headEvent = null;
    // Patches on the way here have the old signature: who comes from further back takes a snapshot.
    if (head !== null) for (const form of [this.#rules, this.#everything]) form?.restart(head, []);
  }

  #createEverything(): Form {
    const { limits, pause, compress } = this.#options;
    const form = new Form({
      limits,
      pause,
      compress,
      withKeys: true,
      eventId: (cursor) => formatToken(this.id, cursor),
      content: () => ({
        mark: this.#mark(),
        headLines: this.#headLines(),
        entities: [...this.#lines.values(), ...this.#keys.values()],
      }),
    });
    if (this.copy.head !== null) form.restart(this.copy.head, []);
    return form;
  }

  #headLines(): string {
    return formatHeadLines(this.copy.headText, this.copy.signature);
  }

  #mark(): Mark {
    const { headHash, cursor } = this.copy;
    // A candidate has no place of its own that anybody could ask for: what it is made on counts.
    const { epoch = 0, revision = 0 } = cursor ?? {};
    return { headHash, token: cursor === null ? '' : formatCursor({ epoch, revision }) };
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
