/**
 * The resources of the management API (`/api/v1`), as JSON Schema. Their OpenAPI document is built from these, requests
 * are checked against them, and the command line takes its types from them.
 */
export * from './access.ts';
export { pageOf, type ProblemDocument, ProblemSchema, ref, TEXT_PATTERNS } from './basis.ts';
export * from './candidates.ts';
export * from './comparison.ts';
export * from './connections.ts';
export * from './content.ts';
export * from './flag-list.ts';
export * from './fleet.ts';
export * from './edits.ts';
export * from './history.ts';
export * from './presence.ts';
export * from './insights.ts';
export * from './identity.ts';
export * from './search.ts';
