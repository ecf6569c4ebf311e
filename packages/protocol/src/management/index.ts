/**
 * The resources of the management API (`/api/v1`), as JSON Schema. Their OpenAPI document is built from these, requests
 * are checked against them, and the command line takes its types from them.
 */
export * from './access.ts';
export { pageOf, type ProblemDocument, ProblemSchema, ref } from './basis.ts';
export * from './content.ts';
export * from './history.ts';
