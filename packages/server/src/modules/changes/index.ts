/**
 * changes: the one transaction of a write.
 *
 * Owns: changes, entity versions, revisions (the outbox) and idempotency; the rule that commit order is revision order.
 * Tables: changes, revision_counters, revisions, entity_versions, idempotency_records, candidates, candidate_entities.
 * Emits: notification `flaghoist_revisions` at commit, with the id of each environment that moved; `flaghoist_candidates` for
 *   each whose candidate was made, made anew or decided.
 * Never: knows what an entity means; waits for anything but the database inside a transaction.
 */
export { CANDIDATE_CHANNEL, CHANGE_CHANNEL, type Changes, createChanges } from './changes.ts';
export type { CandidateEntity, CandidateRecord, TriedCandidate } from './candidates.ts';
export type { ChangeFilter, ChangeRecord, EditRecord, Sight } from './history-reads.ts';
export type { EntityPair, EntityVersion, RevisionRecord, WrittenRevision } from './reads.ts';
export { raiseEpoch } from './raise-epoch.ts';
export { showChange } from './show-change.ts';
export type { Actor, Answer, Command, Written } from './command.ts';
export { entityText, type Lane, type WrittenEntity } from './lines.ts';
export type { UnitOfWork } from './unit-of-work.ts';
