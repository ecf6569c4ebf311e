/** What `createGenerations` of the runtime does, in memory, for one process after the other. */
import type { LastGoodStore } from '../src/last-good.ts';

export class MemoryStore implements LastGoodStore {
  newer: string | null = null;
  older: string | null = null;
  own: string | null = null;
  left: string[] = [];
  quarantine: string | null = null;
  proven: string | null = null;
  /** What every write fails with while it is set. */
  failure: Error | null = null;
  unreadable: Error | null = null;
  readonly saves: string[] = [];

  /** The process was killed: its mark is left. */
  die(): void {
    if (this.own !== null) this.left.push(this.own);
    this.own = null;
  }

  load() {
    if (this.unreadable !== null) return Promise.reject(this.unreadable);
    const marks = [...this.left];
    const { newer, older, quarantine, proven } = this;
    return Promise.resolve({ copies: [newer, older], marks, quarantine, proven });
  }

  async save(chunks: readonly string[], keepPrevious: boolean): Promise<void> {
    await Promise.resolve();
    this.#write();
    if (keepPrevious) this.older = this.newer;
    this.newer = chunks.join('');
    this.saves.push(this.newer);
  }

  mark(text: string): void {
    this.#write();
    this.own = text;
  }

  unmark(): void {
    this.own = null;
  }

  forgetMarks(): Promise<void> {
    this.left.splice(0);
    return Promise.resolve();
  }

  saveQuarantine(text: string | null): Promise<void> {
    this.#write();
    this.quarantine = text;
    return Promise.resolve();
  }

  async saveProven(text: string): Promise<void> {
    await Promise.resolve();
    this.#write();
    this.proven = text;
  }

  #write(): void {
    if (this.failure !== null) throw this.failure;
  }
}
