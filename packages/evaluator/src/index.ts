/** Pure evaluation of flags: the same ruleset, flag, context and moment give the same answer in every process. */
export { checkChunk } from './check-chunk.ts';
export { checkFlag } from './check-flag.ts';
export { checkSegment } from './check-segment.ts';
export type { Ruleset } from './content.ts';
export { evaluate } from './evaluate.ts';
export { explain } from './explain.ts';
export type * from './explanation.ts';
export type { FlagDescription } from './flag.ts';
export { LIMITS } from './limits.ts';
export type * from './model.ts';
export { CHUNK_KEY_PATTERN, KEY_PATTERN } from './model.ts';
export type { ProblemCode } from './problems.ts';
export {
  describeFlag,
  EMPTY_RULESET,
  emptyRuleset,
  flagKeys,
  patch,
  patchTrusted,
  prepare,
  type PrepareOptions,
} from './ruleset.ts';
