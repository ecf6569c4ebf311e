/**
 * Prints: 128 bits that stand for a text, and add up to those of a list of texts. The tag of a bulk answer is made of its
 * items' prints, because hashing 5 KB took as long as evaluating 50 flags.
 *
 * Each item's print is a part of its SHA-256, so sums of different items agree by chance once in 2^128. Somebody who
 * chooses the texts could find lists with the same sum; whoever can do that writes the flags anyway.
 */
import type { Sha256 } from '@flaghoist/protocol/ruleset';

/** Four whole numbers of 32 bits. */
export interface Print {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export const NO_PRINT: Print = { a: 0, b: 0, c: 0, d: 0 };

export function printOf(text: string, sha256: Sha256): Print {
  const bytes = Buffer.from(sha256(text), 'base64url');
  return { a: bytes.readInt32LE(0), b: bytes.readInt32LE(4), c: bytes.readInt32LE(8), d: bytes.readInt32LE(12) };
}

/** A list's print, while items are added to it. */
export class PrintSum {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor({ a, b, c, d }: Print) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  add({ a, b, c, d }: Print): void {
    this.#a = (this.#a + a) | 0;
    this.#b = (this.#b + b) | 0;
    this.#c = (this.#c + c) | 0;
    this.#d = (this.#d + d) | 0;
  }

  get print(): Print {
    return { a: this.#a, b: this.#b, c: this.#c, d: this.#d };
  }

  /** 22 characters of `A-Za-z0-9_-`. */
  toString(): string {
    SCRATCH.writeInt32LE(this.#a, 0);
    SCRATCH.writeInt32LE(this.#b, 4);
    SCRATCH.writeInt32LE(this.#c, 8);
    SCRATCH.writeInt32LE(this.#d, 12);
    return SCRATCH.toString('base64url');
  }
}

const SCRATCH = Buffer.alloc(16);
