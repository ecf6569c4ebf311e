/** What those who follow an environment are sent: patches and snapshots, with the keys for edges, without for SDKs. */
import { type Block, type Cursor, type EntityLine, formatHeadLines } from '@flaghoist/protocol/ruleset';
import { formatPatch, formatPatchEvent } from './events.ts';
import { PatchWindow, type WindowLimits } from './patch-window.ts';
import { type Compress, type Content, type Mark, type Snapshot, SnapshotKeeper } from './snapshot.ts';

export interface FormOptions {
  readonly limits: WindowLimits & { readonly patchBytes: number };
  readonly pause: () => Promise<void>;
  readonly compress?: Compress | undefined;
  readonly withKeys: boolean;
  /** The id of the event that leads to a place. */
  readonly eventId: (cursor: Cursor) => string;
  /** The environment as it is now, with the keys or without. */
  readonly content: () => Content;
}

export class Form {
  readonly window: PatchWindow;
  readonly #options: FormOptions;
  readonly #snapshot: SnapshotKeeper;

  constructor(options: FormOptions) {
    this.#options = options;
    this.window = new PatchWindow(options.limits);
    this.#snapshot = new SnapshotKeeper(options.content, options.pause, options.compress);
  }

  readSnapshot(): Snapshot | Promise<Snapshot> {
    return this.#snapshot.read();
  }

  /** A full ruleset was applied, and the patches after it. */
  restart(cursor: Cursor, patches: readonly Block[]): void {
    this.window.restart(cursor);
    this.#snapshot.discard();
    for (const patch of patches) this.#push(patch.head, this.#format(patch, patch.entities));
  }

  /** The patch to the next revision was applied. */
  patch(mark: Mark, patch: Block, changed: readonly EntityLine[]): void {
    const block = this.#format(patch, changed);
    this.#push(patch.head, block);
    this.#snapshot.append(mark, () => Buffer.from(block));
  }

  #push(cursor: Cursor, block: string): void {
    const { limits, eventId } = this.#options;
    this.window.push(block.length > limits.patchBytes ? null : formatPatchEvent(block, eventId(cursor)));
  }

  #format({ headText, signature }: Block, changed: readonly EntityLine[]): string {
    const headLines = formatHeadLines(headText, signature ?? null);
    return formatPatch(headLines, this.#options.withKeys ? changed : changed.filter((line) => line.kind !== 'key'));
  }
}
