/**
 * The spool: where a batch is safe before it is acknowledged.
 *
 * `append` answers `stored` only after the line is synced to disk; one sync serves every batch that waits for it. Lines
 * leave in order through `read` and `advance`; a restart offers everything again that was not advanced over, and now and
 * then something that was (the reader's side deduplicates). The folder is locked: it belongs to one process.
 */
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderLock, lockFolder, writeAtomically } from '@flaghoist/runtime/files';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { AppendOutcome, ExposureStore } from '../exposure-store.ts';
import { readLines, recoverSegments, type Segment, segmentPath } from './segment.ts';
import { type Position, readWatermark, WATERMARK } from './watermark.ts';

export interface SpoolGroup {
  readonly lines: readonly string[];
  readonly bytes: number;
  readonly end: Position;
}

export interface SpoolStatus {
  readonly state: 'closed' | 'open' | 'failed';
  readonly waitingBytes: number;
  readonly maxBytes: number;
  readonly segments: number;
  /** Since the start: batches stored, forwarded, refused because the spool was full, refused by the disk. */
  readonly stored: number;
  readonly forwarded: number;
  readonly full: number;
  readonly failed: number;
  /** Bytes of torn lines that a crash left behind; none of them was ever acknowledged. */
  readonly tornBytes: number;
  readonly lastError: string | null;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Append {
  readonly line: Buffer;
  readonly settle: (outcome: AppendOutcome) => void;
}

const READ_BYTES = 256 << 10;
/** A full disk fails every append: one log line and one attempt to open the folder in this time are enough. */
const QUIET_MS = 1_000;

export class Spool implements ExposureStore {
  readonly #options: SpoolOptions;
  #state: SpoolStatus['state'] = 'closed';
  #opening: Promise<void> | null = null;
  #lock: FolderLock | null = null;
  #segments: Segment[] = [];
  #active: { readonly segment: Segment; readonly handle: FileHandle } | null = null;
  #nextNumber = 1;
  #position: Position = { segment: 0, offset: 0 };
  #appends: Append[] = [];
  #busy = false;
  #writing: Promise<void> = Promise.resolve();
  #onStored: () => void = () => undefined;
  /** Synced and not advanced over, plus what is being written. */
  #waitingBytes = 0;
  #counts = { stored: 0, forwarded: 0, full: 0, failed: 0, tornBytes: 0 };
  #lastError: string | null = null;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #openedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Makes the folder usable; what went wrong is logged and tried again by the next append. Never rejects. */
  open(): Promise<void> {
    this.#openedAt = this.#options.now();
    this.#opening ??= this.#recover()
      .catch((error: unknown) => this.#failed('The spool cannot be opened', error))
      .finally(() => {
        this.#opening = null;
      });
    return this.#opening;
  }

  onStored(callback: () => void): void {
    this.#onStored = callback;
  }

  /** One line without line ends. Never rejects. */
  append(line: string): Promise<AppendOutcome> {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#waitingBytes + bytes.length > this.#options.maxBytes) {
      this.#counts.full++;
      return Promise.resolve('full');
    }
    this.#waitingBytes += bytes.length;
    return new Promise((settle) => {
      this.#appends.push({ line: bytes, settle });
      if (this.#busy) return;
      this.#busy = true;
      this.#writing = this.#write();
    });
  }

  /** The oldest lines that were not advanced over; null when there are none. */
  async read(): Promise<SpoolGroup | null> {
    for (const segment of this.#segments) {
      if (segment.number < this.#position.segment) continue;
      const offset = segment.number === this.#position.segment ? this.#position.offset : 0;
      if (offset >= segment.length) continue;
      const { texts, end } = await readLines(segment, offset, READ_BYTES);
      return { lines: texts, bytes: end - offset, end: { segment: segment.number, offset: end } };
    }
    return null;
  }

  /** Forgets a group that is safe elsewhere, and deletes the segments before it. Never rejects. */
  async advance(group: SpoolGroup): Promise<void> {
    // The folder may belong to another process by now, which forwards the group again.
    if (this.#state === 'closed') return;
    this.#position = group.end;
    this.#waitingBytes -= group.bytes;
    this.#counts.forwarded += group.lines.length;
    try {
      await writeAtomically(join(this.#options.folder, WATERMARK), [JSON.stringify(group.end)]);
    } catch (error) {
      // On a full disk deleting what is forwarded matters more: at worst a restart forwards some of it again.
      this.#failed('The watermark of the spool cannot be written', error);
    }
    await this.#deleteForwarded();
  }

  status(): SpoolStatus {
    return {
      state: this.#state,
      waitingBytes: this.#waitingBytes,
      maxBytes: this.#options.maxBytes,
      segments: this.#segments.length,
      ...this.#counts,
      lastError: this.#lastError,
    };
  }

  /** Waits for the appends under way and gives the folder free. */
  async close(): Promise<void> {
    while (this.#busy) await this.#writing;
    await this.#opening;
    await this.#seal();
    this.#state = 'closed';
    await this.#lock?.release();
    this.#lock = null;
  }

  async #recover(): Promise<void> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true });
    this.#lock ??= await lockFolder(folder);
    this.#position = await readWatermark(join(folder, WATERMARK));
    const { segments, tornBytes } = await recoverSegments(folder);
    this.#segments = segments;
    this.#counts.tornBytes += tornBytes;
    this.#nextNumber = Math.max(this.#position.segment, segments.at(-1)?.number ?? 0) + 1;
    await this.#deleteForwarded();
    for (const { number, length } of this.#segments)
      this.#waitingBytes += length - (number === this.#position.segment ? Math.min(this.#position.offset, length) : 0);
    this.#state = 'open';
    if (tornBytes > 0) this.#options.logger.warn({ tornBytes }, 'A torn line was cut off the spool');
    if (this.#waitingBytes > 0) this.#onStored();
  }

  async #write(): Promise<void> {
    while (this.#appends.length > 0) {
      const group = this.#appends;
      this.#appends = [];
      const stored = await this.#store(Buffer.concat(group.map(({ line }) => line)));
      if (stored) this.#counts.stored += group.length;
      else this.#counts.failed += group.length;
      for (const { line, settle } of group) {
        if (!stored) this.#waitingBytes -= line.length;
        settle(stored ? 'stored' : 'failed');
      }
      if (stored) this.#onStored();
    }
    this.#busy = false;
  }

  async #store(bytes: Buffer): Promise<boolean> {
    if (this.#state !== 'open' && this.#options.now() - this.#openedAt >= QUIET_MS) await this.open();
    await this.#opening;
    if (this.#state !== 'open') return false;
    try {
      const length = this.#active?.segment.length ?? 0;
      if (length > 0 && length + bytes.length > this.#options.segmentBytes) await this.#seal();
      this.#active ??= await this.#createSegment();
      const { handle, segment } = this.#active;
      for (let written = 0; written < bytes.length; )
        written += (await handle.write(bytes, written, bytes.length - written, segment.length + written)).bytesWritten;
      await handle.datasync();
      segment.length += bytes.length;
      this.#lastError = null;
      return true;
    } catch (error) {
      this.#failed('The spool cannot be written', error);
      await this.#abandon();
      return false;
    }
  }

  async #createSegment(): Promise<{ segment: Segment; handle: FileHandle }> {
    const number = this.#nextNumber++;
    const path = segmentPath(this.#options.folder, number);
    const handle = await open(path, 'wx');
    try {
      await syncFolder(this.#options.folder);
    } catch (error) {
      await handle.close();
      throw error;
    }
    const segment: Segment = { number, path, length: 0 };
    this.#segments.push(segment);
    return { segment, handle };
  }

  async #seal(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    await active?.handle.close();
  }

  /**
   * After a failed write or sync nothing is known about the bytes behind the last good sync (the kernel may have
   * dropped them and forgotten the error), so the segment ends there and the next append begins another.
   */
  async #abandon(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    if (active === null) return;
    const { handle, segment } = active;
    try {
      await handle.truncate(segment.length);
    } catch (error) {
      this.#failed('A torn line stays in the spool until the next start', error);
    }
    await handle.close().catch(() => undefined);
    if (segment.length > 0) return;
    this.#segments = this.#segments.filter((other) => other !== segment);
    await unlink(segment.path).catch(() => undefined);
  }

  async #deleteForwarded(): Promise<void> {
    const { segment: at, offset } = this.#position;
    for (const segment of this.#segments) {
      if (segment === this.#active?.segment) continue;
      if (segment.number > at || (segment.number === at && offset < segment.length)) return;
      this.#segments = this.#segments.filter((other) => other !== segment);
      try {
        await unlink(segment.path);
      } catch (error) {
        this.#failed('A forwarded segment of the spool cannot be deleted', error);
      }
    }
  }

  #failed(message: string, error: unknown): void {
    if (this.#state !== 'open') this.#state = 'failed';
    this.#lastError = `${message}: ${error instanceof Error ? error.message : String(error)}`;
    const now = this.#options.now();
    if (now - this.#loggedAt < QUIET_MS) return;
    this.#loggedAt = now;
    this.#options.logger.error({ err: error }, message);
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
