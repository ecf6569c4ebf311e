/** Work that has to be alone, and work that bears others of its kind beside it, begun in the order in which it was asked for. */
export class Turns {
  readonly #most: number;
  readonly #beside = new Set<Promise<void>>();
  /** Settles when the next one may begin. */
  #next: Promise<unknown> = Promise.resolve();

  /** `most`: how many may be beside each other. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Begins when all that was asked for before has ended; what is asked for later begins when it has. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#next.then(async () => {
      await Promise.all(this.#beside);
      return work();
    });
    this.#next = turn.catch(() => undefined);
    return turn;
  }

  /** Begins when what was asked for before has begun, and what has to be alone has ended. */
  async beside<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.#next.then(async () => {
      while (this.#beside.size >= this.#most) await Promise.race(this.#beside);
      const running = work();
      const ended: Promise<void> = running.then(
        () => void this.#beside.delete(ended),
        () => void this.#beside.delete(ended),
      );
      this.#beside.add(ended);
      return { running };
    });
    this.#next = begun;
    return (await begun).running;
  }
}
