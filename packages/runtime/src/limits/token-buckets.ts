/**
 * Token buckets, one for each name, in bounded space: a bucket holds `requests` tokens and fills in `windowMs`.
 *
 * Kept is one number a bucket, the time at which it is full again (the "generic cell rate algorithm"), in one array: a
 * check makes no object and no promise. docs/decisions/0017-limits.md has what was measured against libraries.
 */
export interface Quota {
  /** Tokens of a full bucket; one request takes one. At least 1. */
  readonly requests: number;
  /** How long an empty bucket takes to fill. */
  readonly windowMs: number;
}

/** When there is no room for another name, so many are looked at, and the one nearest to full is forgotten. */
const LOOKED_AT = 8;

export class TokenBuckets {
  readonly #most: number;
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];
  /** By slot: when the bucket is full again, in milliseconds since `#began`. */
  readonly #fullAt: Float64Array;
  /** Times are kept relative to the first one, so that thousands of small steps add up exactly enough. */
  #began = Number.NaN;
  #hand = 0;

  /** `most`: names that are remembered at the same time. */
  constructor(most: number) {
    this.#most = most;
    this.#fullAt = new Float64Array(most);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Takes a token and answers 0; without one, takes nothing and answers in how many milliseconds there is one. */
  take(name: string, now: number, quota: Quota): number {
    const slot = this.#slots.get(name) ?? this.#add(name, now);
    const wait = this.#wait(slot, now, quota);
    if (wait === 0) this.#fullAt[slot] = this.#debt(slot, now, quota) + this.#since(now) + stepOf(quota);
    return wait;
  }

  /** What `take` would answer, without taking. */
  wait(name: string, now: number, quota: Quota): number {
    const slot = this.#slots.get(name);
    return slot === undefined ? 0 : this.#wait(slot, now, quota);
  }

  /** Tokens that are left. */
  left(name: string, now: number, quota: Quota): number {
    const slot = this.#slots.get(name);
    const debt = slot === undefined ? 0 : this.#debt(slot, now, quota);
    return Math.floor((quota.windowMs - debt) / stepOf(quota) + TOLERANCE);
  }

  #wait(slot: number, now: number, quota: Quota): number {
    const step = stepOf(quota);
    const wait = this.#debt(slot, now, quota) + step - quota.windowMs;
    return wait > step * TOLERANCE ? wait : 0;
  }

  /**
   * Milliseconds until it is full. A clock that was set back, or a smaller quota, leaves at worst an empty bucket, which
   * fills from now on: else a key would be refused until the clock is where it was.
   */
  #debt(slot: number, now: number, { windowMs }: Quota): number {
    const debt = (this.#fullAt[slot] ?? 0) - this.#since(now);
    if (debt <= windowMs) return Math.max(0, debt);
    this.#fullAt[slot] = this.#since(now) + windowMs;
    return windowMs;
  }

  #since(now: number): number {
    if (Number.isNaN(this.#began)) this.#began = now;
    return now - this.#began;
  }

  #add(name: string, now: number): number {
    const slot = this.#slots.size < this.#most ? this.#slots.size : this.#free(now);
    this.#slots.set(name, slot);
    this.#names[slot] = name;
    this.#fullAt[slot] = Number.NEGATIVE_INFINITY;
    return slot;
  }

  /** Forgetting a full bucket loses nothing; whoever is being refused is forgotten last. */
  #free(now: number): number {
    let found = this.#hand;
    for (let i = 0; i < Math.min(LOOKED_AT, this.#most); i++) {
      if ((this.#fullAt[this.#hand] ?? 0) < (this.#fullAt[found] ?? 0)) found = this.#hand;
      this.#hand = (this.#hand + 1) % this.#most;
      if ((this.#fullAt[found] ?? 0) <= this.#since(now)) break;
    }
    this.#slots.delete(this.#names[found] ?? '');
    return found;
  }
}

/** Of a step: what thousands of additions may be off by. */
const TOLERANCE = 1e-3;

function stepOf({ requests, windowMs }: Quota): number {
  return windowMs / requests;
}
