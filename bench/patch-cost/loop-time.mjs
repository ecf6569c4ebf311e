// @ts-check
/**
 * Runs `work` and whatever follows from it without waiting, that is until its last microtask, and resolves with the
 * milliseconds the event loop was busy with it: of two immediates queued together, nothing but that runs in between.
 *
 * @param {() => void} work
 * @returns {Promise<number>}
 */
export function busyFor(work) {
  return new Promise((resolve) => {
    let began = 0;
    setImmediate(() => {
      began = performance.now();
      work();
    });
    setImmediate(() => resolve(performance.now() - began));
  });
}
