// @ts-check
const SEEN_WITHIN_MS = 20_000;

/**
 * When values were first seen. A value may be seen before anybody asks for it.
 */
export function createSightings() {
  /** @type {Map<string, (at: number) => void>} */
  const waiting = new Map();
  return {
    /** @param {string} value */
    saw(value) {
      const at = performance.now();
      waiting.get(value)?.(at);
      waiting.delete(value);
    },
    /**
     * Ask before the value can be seen.
     *
     * @param {string} value
     * @returns {Promise<number>} `performance.now()` of the moment.
     */
    of(value) {
      return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`The value ${value} was not seen within ${SEEN_WITHIN_MS} ms.`));
        const timer = setTimeout(late, SEEN_WITHIN_MS);
        timer.unref();
        waiting.set(value, (at) => (clearTimeout(timer), resolve(at)));
      });
    },
  };
}
