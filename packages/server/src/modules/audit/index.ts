/**
 * audit: who did what, when and why, in hash chains whose tampering shows.
 *
 * Owns: the chains of environments, projects and the installation, and their verification.
 * Tables: audit_chains, audit_entries.
 * Emits: nothing.
 * Never: opens a transaction of its own for an entry; an entry is written in the transaction of what it tells about.
 */
export {
  type AuditBody,
  type AuditHeads,
  appendEntry,
  chainOf,
  listEntries,
  readHeads,
  type StoredEntry,
  verifyChain,
} from './chain.ts';
export { auditRoutes } from './routes.ts';
