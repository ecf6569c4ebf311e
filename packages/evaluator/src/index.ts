/** Pure evaluation of flags: the same ruleset, flag and context give the same answer in every process. */
export { checkFlag } from './check-flag.ts';
export { checkSegment } from './check-segment.ts';
export { evaluate } from './evaluate.ts';
export type { FlagDescription } from './flag.ts';
export { LIMITS } from './limits.ts';
export type * from './model.ts';
export { KEY_PATTERN } from './model.ts';
export { murmur3 } from './murmur3.ts';
export type { ProblemCode } from './problems.ts';
export { describeFlag, EMPTY_RULESET, flagKeys, patch, prepare, type Ruleset } from './ruleset.ts';
