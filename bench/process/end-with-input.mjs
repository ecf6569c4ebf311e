// @ts-check
/**
 * For scripts that a bench starts: they end when it asks them to, and also when it was killed, for their input ends then.
 *
 * @param {() => unknown} [close] What to do before.
 */
export function endWithInput(close = () => {}) {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void Promise.resolve(close()).finally(() => process.exit(0));
  };
  process.stdin.resume();
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.on('SIGTERM', end);
}
