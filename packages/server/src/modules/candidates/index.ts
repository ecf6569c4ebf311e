/**
 * candidates: whether what is tried on canary edges is published or withdrawn.
 *
 * Owns: the judgement of a candidate by what canary edges say, its promotion and withdrawal, their routes.
 * Tables: none.
 * Emits: nothing of its own; what it decides is a write of `changes`.
 * Never: promotes what no canary edge has tried, unless a person says so; decides about another candidate than it has judged.
 */
export { type Candidates, createCandidates } from './candidates.ts';
export { candidateRoutes } from './routes.ts';
export { createCandidateWatch } from './watch.ts';
