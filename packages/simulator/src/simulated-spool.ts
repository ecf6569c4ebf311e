/** The edge's spool as a model: `stored` only after a sync, everything again after a restart that was not advanced over. */
import type { EdgeMachine } from '@flaghoist/edge';
import type { SimulatedDisk } from './simulated-disk.ts';

type Spool = EdgeMachine['spool'];

const SEGMENT = 'spool/segment';
const WATERMARK = 'spool/watermark';

export class SimulatedSpool implements Spool {
  readonly #disk: SimulatedDisk;
  #lines: string[] = [];
  #forwarded = 0;
  #state: 'closed' | 'open' | 'failed' = 'closed';
  #onStored: () => void = () => undefined;
  #writing: Promise<unknown> = Promise.resolve();
  #counts = { stored: 0, failed: 0 };

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
  }

  async open(): Promise<void> {
    const text = (await this.#disk.read(SEGMENT)) ?? '';
    // A line that has no end was never acknowledged.
    this.#lines = text.split('\n').slice(0, -1);
    this.#forwarded = Math.min(Number((await this.#disk.read(WATERMARK)) ?? 0) || 0, this.#lines.length);
    this.#state = 'open';
    if (this.#forwarded < this.#lines.length) this.#onStored();
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#state = 'closed';
  }

  onStored(callback: () => void): void {
    this.#onStored = callback;
  }

  append(line: string): ReturnType<Spool['append']> {
    const appended = this.#writing.then(() => this.#append(line));
    this.#writing = appended;
    return appended;
  }

  read(): ReturnType<Spool['read']> {
    const lines = this.#lines.slice(this.#forwarded);
    const end = { segment: 1, offset: this.#lines.length };
    return Promise.resolve(lines.length === 0 ? null : { lines, bytes: bytesOf(lines), end });
  }

  async advance({ end }: Parameters<Spool['advance']>[0]): Promise<void> {
    this.#forwarded = end.offset;
    // Not synced: what is forwarded again is stored once all the same.
    await this.#disk.write(WATERMARK, String(this.#forwarded)).catch(() => undefined);
  }

  status(): ReturnType<Spool['status']> {
    const waitingBytes = bytesOf(this.#lines.slice(this.#forwarded));
    const { stored, failed } = this.#counts;
    const rest = { maxBytes: Number.POSITIVE_INFINITY, segments: 1, forwarded: this.#forwarded, full: 0, tornBytes: 0 };
    return { state: this.#state, waitingBytes, ...rest, stored, failed, lastError: null };
  }

  async #append(line: string): Promise<'stored' | 'failed'> {
    if (this.#state !== 'open') return 'failed';
    try {
      const lines = [...this.#lines, line];
      await this.#disk.write(SEGMENT, `${lines.join('\n')}\n`);
      await this.#disk.sync(SEGMENT);
      await this.#disk.syncFolder();
      this.#lines = lines;
      this.#counts.stored += 1;
      this.#onStored();
      return 'stored';
    } catch {
      this.#counts.failed += 1;
      return 'failed';
    }
  }
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, { length }) => sum + length + 1, 0);
}
