/**
 * segments: named audiences.
 *
 * Owns: segments, each of which lives in one environment, as an entity; what lists show of them.
 * Tables: segment_states; segments are entity versions, written through changes.
 * Emits: entities of kind `segment`.
 * Never: removes a segment that a rule refers to; takes segments that lead back to themselves.
 */
export { segmentsIn } from './decide.ts';
export { type ConditionsAt, refuseSlowPatterns } from './pattern-cost.ts';
export type { EditedConditions } from './references.ts';
export { segmentRoutes } from './routes.ts';
export { createSegments, type Segments } from './segments.ts';
export { followSegments } from './states.ts';
