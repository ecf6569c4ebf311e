/** Carries what is in the spool to the work queue, oldest first, and only then lets the spool forget it. */
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { withDeadline } from '../../deadline.ts';
import { itemId } from '../exposure-store.ts';
import type { Spool } from './spool.ts';

export interface ForwarderOptions {
  readonly spool: Pick<Spool, 'read' | 'advance'>;
  readonly queue: WorkQueue;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pushDeadlineMs: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

export const EXPOSURES_QUEUE = 'exposures';

export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  /** Lines that could not be read back: a damaged disk. Shown, because they were acknowledged. */
  #damaged = 0;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  get damaged(): number {
    return this.#damaged;
  }

  /** There may be something to forward. */
  wake(): void {
    this.#again = true;
    if (this.#running !== null || this.#stopping.signal.aborted) return;
    this.#running = this.#run();
  }

  /** Gives what is still there one chance of `ms` to leave; the rest stays in the spool for the next start. */
  async stop(ms: number): Promise<void> {
    const end = Promise.resolve(this.#running);
    if (this.#failures === 0) await withDeadline(end, ms, 'Forwarding the spool').catch(() => undefined);
    this.#stopping.abort();
    await withDeadline(Promise.resolve(this.#running), ms, 'Forwarding the spool').catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopping.signal.aborted) {
      this.#again = false;
      try {
        while (!this.#stopping.signal.aborted && (await this.#forwardOne())) this.#failures = 0;
      } catch (error) {
        this.#failures++;
        this.#again = true;
        this.#options.logger.warn({ err: error, failures: this.#failures }, 'Exposures could not be forwarded');
        await this.#pause();
      }
    }
    this.#running = null;
  }

  /** False when the spool is empty. */
  async #forwardOne(): Promise<boolean> {
    const { spool, queue, pushDeadlineMs } = this.#options;
    const group = await spool.read();
    if (group === null) return false;
    const items: WorkItem[] = [];
    for (const line of group.lines) {
      const id = itemId(line);
      if (id !== null) items.push({ id, body: Buffer.from(line) });
      else this.#lose(line);
    }
    if (items.length > 0) await withDeadline(queue.push(EXPOSURES_QUEUE, items), pushDeadlineMs, 'Pushing exposures');
    await spool.advance(group);
    return true;
  }

  #lose(line: string): void {
    this.#damaged++;
    this.#options.logger.error({ bytes: line.length }, 'A line of the spool is damaged and cannot be forwarded');
  }

  /** Exponential, capped, full jitter. */
  async #pause(): Promise<void> {
    const { retryBaseMs, retryCapMs, random } = this.#options;
    const ceiling = Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(this.#failures, 20));
    await sleep(random() * ceiling, this.#stopping.signal);
  }
}

/** Ends early when it is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
