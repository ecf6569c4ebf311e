/** Rulesets on their way down: entities, heads, roots, blocks and the native door. */
export {
  candidateIn,
  candidateMessageId,
  candidateStream,
  isCandidateStream,
  noCandidateMessageId,
} from './candidate.ts';
export {
  AT_LEAST_HEADER,
  AT_LEAST_LONGEST_MS,
  AT_LEAST_WAIT_MS,
  type AtLeast,
  formatToken,
  parsePosition,
  parseToken,
  readAtLeast,
  type Token,
} from './at-least.ts';
export { type Block, formatBlock, formatHeadLines, headLinesOf, parseBlocks, RULESET_MEDIA_TYPE } from './block.ts';
export {
  CONFIRMATIONS,
  type Confirmation,
  checkConfirmed,
  type Extent,
  isShrinking,
  type Unconfirmed,
} from './confirmations.ts';
export {
  type EntityKind,
  type EntityLine,
  formatEntityLine,
  isKind,
  isRule,
  parseEntityLine,
  rulesOf,
  type Sha256,
} from './entity.ts';
export {
  compareCursors,
  type Cursor,
  ENGINE,
  formatCursor,
  formatHead,
  type Head,
  hashHead,
  parseCursor,
  parseHead,
} from './head.ts';
export {
  FORWARD_LIMITS,
  type ForwardedItem,
  HEARTBEAT_MS,
  type KeyExistence,
  NATIVE_PATHS,
  type NativeEvent,
  ownRulesetPath,
  type RelayEnvironments,
  SILENCE_MS,
} from './native.ts';
export { type RootChange, RootIndex } from './roots.ts';
