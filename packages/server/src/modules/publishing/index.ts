/**
 * publishing: from a committed revision to the bus.
 *
 * Owns: heads, patches and checkpoints, and their order on the bus.
 * Tables: heads, publications.
 * Emits: one message a revision on the bus, in the stream named after the environment.
 * Never: skips or reorders a revision; publishes an entity that does not prepare; publishes what is not committed.
 */
export { publishInNewEpoch } from './new-epoch.ts';
export { Publisher, publishedRevisions } from './publisher.ts';
