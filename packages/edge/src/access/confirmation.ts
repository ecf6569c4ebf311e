/** Asks upstream whether a key exists that this edge has not heard of, without letting strangers make it ask much. */
import { withDeadline } from '../deadline.ts';

export type ConfirmKey = (id: string) => Promise<'known' | 'unknown'>;

export interface ConfirmationOptions {
  readonly confirmKey: ConfirmKey;
  readonly now: () => number;
  readonly deadlineMs: number;
  readonly concurrency: number;
  /** How long, and for how many ids, an `unknown` is remembered. */
  readonly unknownMs: number;
  readonly unknownIds: number;
}

export class Confirmation {
  readonly #options: ConfirmationOptions;
  /** In the order of asking, so the first ones lapse first. */
  readonly #unknownUntil = new Map<string, number>();
  readonly #asking = new Map<string, Promise<'unknown' | 'unsure'>>();

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  /** `unsure`: it exists and will be here soon, or nobody could say. Never rejects. */
  ask(id: string): Promise<'unknown' | 'unsure'> {
    const asking = this.#asking.get(id);
    if (asking !== undefined) return asking;
    if (this.#isUnknown(id)) return Promise.resolve('unknown');
    if (this.#asking.size >= this.#options.concurrency) return Promise.resolve('unsure');
    const answer = this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, answer);
    return answer;
  }

  async #ask(id: string): Promise<'unknown' | 'unsure'> {
    const { confirmKey, deadlineMs } = this.#options;
    try {
      if ((await withDeadline(confirmKey(id), deadlineMs, 'Confirming a key')) === 'known') return 'unsure';
    } catch {
      return 'unsure';
    }
    this.#remember(id);
    return 'unknown';
  }

  #isUnknown(id: string): boolean {
    const until = this.#unknownUntil.get(id);
    if (until === undefined) return false;
    if (this.#options.now() < until) return true;
    this.#unknownUntil.delete(id);
    return false;
  }

  #remember(id: string): void {
    this.#unknownUntil.delete(id);
    const oldest = this.#unknownUntil.keys().next();
    if (this.#unknownUntil.size >= this.#options.unknownIds && oldest.done !== true)
      this.#unknownUntil.delete(oldest.value);
    this.#unknownUntil.set(id, this.#options.now() + this.#options.unknownMs);
  }
}
