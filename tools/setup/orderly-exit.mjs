// @ts-check
/**
 * Loaded into the test runner's worker processes (see test.mjs). A signal ends them by `process.exit`, so that what tests do on exit
 * happens: they stop the servers they started, which a plain death by signal would leave running.
 */
import { constants } from 'node:os';

if (/[\\/]vitest[\\/]dist[\\/]workers[\\/]/.test(process.argv[1] ?? '')) {
  // What a test starts is ended by the test, and runs as it would anywhere else.
  const { NODE_OPTIONS = '' } = process.env;
  process.env['NODE_OPTIONS'] = NODE_OPTIONS.replace(`--import=${import.meta.url}`, '').trim();
  // Taken now: vitest replaces process.exit in its workers with one that fails the test.
  const exit = process.exit.bind(process);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => exit(128 + constants.signals[signal]));
  }
}
