/** Lets so many work at the same moment; the others wait in line. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nobody works. */
  idle(): Promise<void>;
}

export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  const working = new Set<Promise<unknown>>();
  return {
    async take(work) {
      while (working.size >= most) await new Promise<void>((resolve) => waiting.push(resolve));
      const running = work();
      working.add(running);
      try {
        return await running;
      } finally {
        working.delete(running);
        waiting.shift()?.();
      }
    },
    async idle() {
      while (working.size > 0) await Promise.allSettled(working);
    },
  };
}
