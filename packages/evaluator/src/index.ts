/** Pure evaluation of flags: the same ruleset, flag, context and moment give the same answer in every process. */
export { checkChunk } from './check/check-chunk.ts';
export { checkFlag } from './check/check-flag.ts';
export { checkSegment } from './check/check-segment.ts';
export type { Ruleset } from './rulesets/content.ts';
export { evaluate } from './evaluate.ts';
export { explain } from './explanations/explain.ts';
export type * from './explanations/explanation.ts';
export type { FlagDescription } from './rulesets/flag.ts';
export { isOwnError } from './failure.ts';
export { LIMITS } from './limits.ts';
export type * from './model.ts';
export { CHUNK_KEY_PATTERN, KEY_PATTERN } from './model.ts';
export type { ProblemCode } from './check/problems.ts';
export {
  describeFlag,
  EMPTY_RULESET,
  emptyRuleset,
  fixedEvaluation,
  flagKeys,
  patch,
  patchTrusted,
  prepare,
  type PrepareOptions,
} from './rulesets/ruleset.ts';
