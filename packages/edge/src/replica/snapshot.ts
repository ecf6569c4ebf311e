/**
 * The snapshot of one environment as the bytes that are fetched: a full block at some revision and the patches since. It
 * is built when somebody first asks and kept in step by appending; a change never rebuilds it. Once the patches
 * weigh too much another full block is made in the background, or, when nobody asked in the meantime, nothing is kept.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type EntityLine, formatEntityLine } from '@flaghoist/protocol/ruleset';

export type Compress = (plain: Buffer) => Promise<Buffer>;

const compressWithGzip: Compress = promisify(gzip);

/** Bytes and, once somebody wanted it, their gzip: made once. */
export class Part {
  readonly plain: Buffer;
  readonly #compress: Compress;
  #gzip: Buffer | Promise<Buffer> | null = null;

  constructor(plain: Buffer, compress: Compress = compressWithGzip) {
    this.plain = plain;
    this.#compress = compress;
  }

  /** One whole gzip member: members may be concatenated (RFC 1952, 2.2). A promise only until it is made. */
  gzip(): Buffer | Promise<Buffer> {
    this.#gzip ??= this.#compress(this.plain).then(
      (packed) => (this.#gzip = packed),
      (error: unknown) => {
        // Whoever asks next has it tried again.
        this.#gzip = null;
        throw error;
      },
    );
    return this.#gzip;
  }
}

/** Which ruleset it is. */
export interface Mark {
  readonly headHash: string;
  /** `epoch.revision` */
  readonly token: string;
}

export interface Snapshot {
  readonly mark: Mark;
  /** One after the other they make `mark`'s ruleset. */
  readonly parts: readonly Part[];
}

/** What a full block is made of, held still while the environment goes on changing. */
export interface Content {
  readonly mark: Mark;
  /** The head and its signature, without the last LF. */
  readonly headLines: string;
  /** In any order. */
  readonly entities: readonly EntityLine[];
}

export const MAX_PATCHES = 64;
const MAX_SHARE = 0.25;
/** About a millisecond of formatting. */
const SLICE = 500;

interface Build {
  readonly checkpoint: Promise<Part>;
  /** The same; null: it is still being made. */
  made: Part | null;
  /** Appended to also while the checkpoint is still being made. */
  readonly patches: Part[];
  mark: Mark;
  checkpointBytes: number;
  asked: boolean;
}

export class SnapshotKeeper {
  readonly #content: () => Content;
  readonly #pause: () => Promise<void>;
  readonly #compress: Compress;
  #current: Build | null = null;
  /** Takes the place of the current one once its checkpoint is made. */
  #next: Build | null = null;

  /** `content`: the environment as it is now; only called once it is loaded. `pause` lets others have their turn. */
  constructor(content: () => Content, pause: () => Promise<void>, compress: Compress = compressWithGzip) {
    this.#content = content;
    this.#pause = pause;
    this.#compress = compress;
  }

  /** As of this moment, although making it may take a while: a promise only then. */
  read(): Snapshot | Promise<Snapshot> {
    this.#current ??= this.#begin();
    const build = this.#current;
    build.asked = true;
    const { mark, made } = build;
    const patches = [...build.patches];
    if (made !== null) return { mark, parts: [made, ...patches] };
    return build.checkpoint.then((part) => ({ mark, parts: [part, ...patches] }));
  }

  /** The block of the next revision. `block` is called only if there is a snapshot to append to. */
  append(mark: Mark, block: () => Buffer): void {
    if (this.#current === null) return;
    const part = new Part(block(), this.#compress);
    for (const build of [this.#current, this.#next]) {
      if (build === null) continue;
      build.patches.push(part);
      build.mark = mark;
    }
    if (this.#next === null && isHeavy(this.#current)) this.#renew(this.#current);
  }

  /** A full ruleset was applied: begin anew when somebody asks. */
  discard(): void {
    this.#current = null;
    this.#next = null;
  }

  #renew(current: Build): void {
    if (!current.asked) {
      this.discard();
      return;
    }
    const next = this.#begin();
    this.#next = next;
    void next.checkpoint
      .then((part) => part.gzip())
      .then(
        () => {
          if (this.#next === next) this.#current = next;
        },
        // Out of memory at worst: what is there stays good, the next patch tries again.
        () => undefined,
      )
      .finally(() => {
        if (this.#next === next) this.#next = null;
      });
  }

  #begin(): Build {
    const { mark, headLines, entities } = this.#content();
    const build: Build = {
      checkpoint: formatSliced(headLines, entities, this.#pause).then((plain) => {
        build.checkpointBytes = plain.length;
        build.made = new Part(plain, this.#compress);
        return build.made;
      }),
      made: null,
      patches: [],
      mark,
      checkpointBytes: Number.POSITIVE_INFINITY,
      asked: false,
    };
    build.checkpoint.catch(() => {
      if (this.#current === build) this.#current = null;
    });
    return build;
  }
}

function isHeavy({ patches, checkpointBytes }: Build): boolean {
  if (patches.length >= MAX_PATCHES) return true;
  return patches.reduce((sum, { plain }) => sum + plain.length, 0) > checkpointBytes * MAX_SHARE;
}

/** A full block, formatted a slice at a time so that requests and streams are served in between. */
async function formatSliced(
  headLines: string,
  entities: readonly EntityLine[],
  pause: () => Promise<void>,
): Promise<Buffer> {
  const buffers = [Buffer.from(`${headLines}\n`)];
  for (let from = 0; from < entities.length; from += SLICE) {
    await pause();
    let text = '';
    for (const line of entities.slice(from, from + SLICE)) text += `${formatEntityLine(line)}\n`;
    buffers.push(Buffer.from(text));
  }
  return Buffer.concat(buffers);
}
