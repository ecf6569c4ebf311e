import type { OrderedLog, WorkQueue } from '../index.ts';

/** One instance of a bus, as one process has it. */
export interface BusInstance {
  readonly log: OrderedLog;
  readonly queue: WorkQueue;
}

/** What an implementation hands to the contract: an instance over a store that need not be empty. */
export interface BusUnderTest extends BusInstance {
  /**
   * Another instance over the same store, as in another process. A `deaf` one receives no notification. `close` ends it.
   */
  join(options: { readonly deaf: boolean }): Promise<BusInstance>;
  /** Stops every instance and frees what they held. */
  close(): Promise<void>;
}

let names = 0;

/** A stream, queue or id that no other test of this run uses. */
export function freshName(purpose: string): string {
  names += 1;
  return `${purpose}-${process.pid}-${Date.now().toString(36)}-${names}`;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** A megabyte in which every byte value comes in every place of a word, so nothing that reads it as text survives. */
export function megabyte(): Uint8Array {
  return Uint8Array.from({ length: 1_048_576 }, (_, index) => (index * 167 + (index >> 8)) & 0xff);
}

/** A promise and what settles it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves once the condition holds; rejects, naming what it waited for, after `ms`. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${ms} ms in vain until ${what}.`);
    await sleep(5);
  }
}
