/**
 * publishing: from a committed revision to the bus.
 *
 * Owns: heads, patches and checkpoints, their order on the bus; the history of what was applied, as read and watched.
 * Tables: heads, publications.
 * Emits: one message a revision on the bus, in the stream named after the environment.
 * Never: skips or reorders a revision; publishes an entity that does not prepare; publishes what is not committed.
 */
export { Publisher } from './publisher.ts';
export { historyRoutes } from './routes.ts';
export { createWatchers, type Watchers } from './watch.ts';
