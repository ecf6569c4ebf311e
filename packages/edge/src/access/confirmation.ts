/** Asks upstream whether a key exists that this edge has not heard of, without letting strangers make it ask much. */
import { withDeadline } from '../deadline.ts';

export type ConfirmKey = (id: string) => Promise<'known' | 'unknown'>;

/** `here`: it exists and is known here now. `unsure`: it exists and will be here soon, or nobody could say. */
export type Confirmed = 'here' | 'unknown' | 'unsure';

export interface ConfirmationOptions {
  readonly confirmKey: ConfirmKey;
  /** Resolves once a key that exists is known here. */
  readonly arrival: (id: string) => Promise<void>;
  readonly now: () => number;
  /** For the answer and the arrival together. */
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
  readonly #asking = new Map<string, Promise<Confirmed>>();

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  ask(id: string): Promise<Confirmed> {
    const asking = this.#asking.get(id);
    if (asking !== undefined) return asking;
    if (this.#isUnknown(id)) return Promise.resolve('unknown');
    if (this.#asking.size >= this.#options.concurrency) return Promise.resolve('unsure');
    const answer = this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, answer);
    return answer;
  }

  async #ask(id: string): Promise<Confirmed> {
    try {
      return await withDeadline(this.#learn(id), this.#options.deadlineMs, 'Confirming a key');
    } catch {
      return 'unsure';
    }
  }

  /** Whoever just made a key uses it at once: its environment is on the way then. */
  async #learn(id: string): Promise<Confirmed> {
    const { confirmKey, arrival } = this.#options;
    if ((await confirmKey(id)) === 'unknown') {
      this.#remember(id);
      return 'unknown';
    }
    await arrival(id);
    return 'here';
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
