/**
 * publishing: from a committed revision to the bus.
 *
 * Owns: heads, patches and checkpoints, and their order on the bus.
 * Tables: heads, publications, withheld, publishers, publication_leases.
 * Emits: one message a revision on the bus, in the stream named after the environment; candidates in one beside it.
 * Never: skips or reorders a revision; publishes an entity that does not pass the gate, or a part of a change; publishes
 *   what is not committed; prepares or evaluates on the thread that answers requests.
 */
export { CandidatePublisher } from './candidate-publisher.ts';
export { Gate } from './gate.ts';
export { createLeaseStore } from './lease-store.ts';
export { EVERY_ENVIRONMENT, type Leases, SharedLeases } from './leases.ts';
export { createPublicationReads, type PublicationReads } from './publication-reads.ts';
export { publishInNewEpoch } from './new-epoch.ts';
export { Line, type Proposal } from './line.ts';
export { createWithheldReads, type WithheldReads } from './withheld-reads.ts';
export { publishedRevisions } from './bus-reads.ts';
export { type OutboxLine, readOutbox } from './outbox.ts';
export { Publisher } from './publisher.ts';
export { createPublicationStore, type PublicationStore } from './store.ts';
