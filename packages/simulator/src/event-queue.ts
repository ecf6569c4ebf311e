/** A heap by time; what is added first for the same time is taken first. */
interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly what: T;
  isCancelled: boolean;
}

export class EventQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #added = 0;

  /** The answer takes it out again. */
  add(at: number, what: T): () => void {
    const entry = { at, order: this.#added++, what, isCancelled: false };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** The next that is due by `until`; null: there is none. */
  take(until: number): { readonly at: number; readonly what: T } | null {
    for (let first = this.#heap[0]; first !== undefined && first.at <= until; first = this.#heap[0]) {
      this.#removeFirst();
      if (!first.isCancelled) return first;
    }
    return null;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let at = 0;
    for (let child = this.#smallerChild(at); child !== null; child = this.#smallerChild(at)) {
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  #smallerChild(at: number): number | null {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    if (left >= this.#heap.length) return null;
    return right < this.#heap.length && this.#isEarlier(right, left) ? right : left;
  }

  #swapIfEarlier(below: number, above: number): boolean {
    const [low, high] = [this.#heap[below], this.#heap[above]];
    if (low === undefined || high === undefined || !this.#isEarlier(below, above)) return false;
    this.#heap[above] = low;
    this.#heap[below] = high;
    return true;
  }

  #isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.at === b.at ? a.order < b.order : a.at < b.at;
  }
}
