// @ts-check
/**
 * Runs `work` and whatever follows from it without waiting, that is until its last microtask, and resolves with how long
 * the event loop was busy with it: of two immediates queued together, nothing but that runs in between.
 *
 * @param {() => void} work
 * @returns {Promise<{ ms: number; cpuMs: number }>} `ms` by the clock, so it holds what other processes took away;
 *   `cpuMs` is what this process used, on all its threads.
 */
export function busyFor(work) {
  return new Promise((resolve) => {
    let began = 0;
    let cpu = process.cpuUsage();
    setImmediate(() => {
      cpu = process.cpuUsage();
      began = performance.now();
      work();
    });
    setImmediate(() => {
      const ms = performance.now() - began;
      const { user, system } = process.cpuUsage(cpu);
      resolve({ ms, cpuMs: (user + system) / 1_000 });
    });
  });
}
