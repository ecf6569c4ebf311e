// @ts-check
/**
 * Tells whoever waits what is going on. Standard output belongs to the result.
 *
 * @param {string} message
 */
export function progress(message) {
  process.stderr.write(`  ${message}\n`);
}
