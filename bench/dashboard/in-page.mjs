// @ts-check
/** What runs inside the page, as texts. Moments are the page's own `performance.now()`, 0 when it was begun to be opened. */

/**
 * A function that resolves with the moment at which a condition is painted: looked at before each frame, told after the frame
 * that had it.
 */
export const PAINTED_WITH = `(isThere) => new Promise((resolve, reject) => {
  const until = performance.now() + 15_000;
  const look = () => {
    if (performance.now() > until) return void reject(new Error('Not painted within 15 s: ' + isThere));
    if (document.documentElement === null || !isThere()) return void requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
})`;

/**
 * An expression: makes `window.answered`, a promise of the milliseconds from the next event of a type until a condition is
 * painted. The event's own time stamp counts, which is when the browser had it from the system.
 *
 * @param {string} event
 * @param {string} isThere
 */
export function untilPainted(event, isThere) {
  return `window.answered = new Promise((resolve, reject) => {
    addEventListener(${JSON.stringify(event)}, ({ timeStamp }) => {
      (${PAINTED_WITH})(() => ${isThere}).then((painted) => resolve(painted - timeStamp), reject);
    }, { capture: true, once: true });
  }), undefined`;
}
