/**
 * Milliseconds that something holds its thread up, at best of `attempts`: `make` prepares each anew. What others do on the
 * machine at the same time does not count: a pause is no longer than the processor time it took.
 */
export function shortestPause<T>(enoughMs: number, make: () => T, work: (made: T) => void, attempts = 5): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < attempts && shortest >= enoughMs; attempt++) {
    const made = make();
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    work(made);
    const elapsed = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    shortest = Math.min(shortest, elapsed, (user + system) / 1_000);
  }
  return shortest;
}
