/** A bounded number of places, of which nobody has more than a quarter: whoever floods leaves room for the others. */
export class Shares {
  readonly #most: number;
  readonly #share: number;
  readonly #held = new Map<string, number>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
    this.#share = Math.max(1, Math.floor(most / 4));
  }

  /** Places that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /** False: there is no place for this holder now. True: there is, and it is to be given back. */
  take(holder: string): boolean {
    const held = this.#held.get(holder) ?? 0;
    if (this.#taken >= this.#most || held >= this.#share) return false;
    this.#held.set(holder, held + 1);
    this.#taken++;
    return true;
  }

  giveBack(holder: string): void {
    const held = this.#held.get(holder) ?? 0;
    if (held === 0) return;
    if (held === 1) this.#held.delete(holder);
    else this.#held.set(holder, held - 1);
    this.#taken--;
  }
}
