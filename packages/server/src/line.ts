/** The parts of the line by themselves, without a database: for whoever simulates them. */
export { fold, isFolded, type SenderProgress } from './modules/insights/index.ts';
export type { EntityVersion, RevisionRecord, WrittenRevision } from './modules/changes/index.ts';
export {
  EVERY_ENVIRONMENT,
  type Gate,
  Line,
  Publisher,
  type Proposal,
  type PublicationStore,
} from './modules/publishing/index.ts';
