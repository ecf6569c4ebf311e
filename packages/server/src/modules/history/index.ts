/**
 * history: what was done, as it is read, watched and put back.
 *
 * Owns: which part of a change somebody sees; streams of changes; reverting.
 * Tables: none; a revert is a change, written through changes and flags.
 * Emits: nothing of its own.
 * Never: shows a change, or the part of one, in an environment that may not be seen; puts back what somebody edited since.
 */
export { createHistory, type History } from './history.ts';
export { historyRoutes } from './routes.ts';
export { createWatchers, type Watchers } from './watch.ts';
