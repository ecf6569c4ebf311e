/** Follows an environment and reports what was evaluated; names no runtime: requests, timers and hashes are handed in. */
export {
  EVENT_LIMIT,
  createEventStreamParser,
  type EventStreamParser,
  type ServerSentEvent,
} from './event-stream-parser.ts';
export {
  createExposureCounter,
  type ExposureCounter,
  type ExposureCounterOptions,
  type Outcome,
} from './exposure-counter.ts';
export { createExposureSender, type ExposureSender, type ExposureSenderOptions } from './exposure-sender.ts';
export type { AppliedBlocks } from './advance.ts';
export { backoff, believedRetryAfter, type Pace } from './backoff.ts';
export { createFollower } from './follower.ts';
export type { Follower, FollowerOptions } from './follower-options.ts';
export type { Problem, ProblemCode, RefusedContent, StateName } from './follower-state.ts';
export { LastGood, type LastGoodOptions, type LastGoodStore, type Loaded } from './last-good.ts';
export { createMoments, type MomentSources } from './moment.ts';
export { type Place, placeOf } from './place.ts';
export type { Access, Applied, ApplyResult, CheckSignature, Refusal, RefusalReason } from './ruleset-copy.ts';
export {
  createReceiptSender,
  type ReceiptAnswer,
  type ReceiptSender,
  type ReceiptSenderOptions,
} from './receipt-sender.ts';
export type { Hasher, StoredContent } from './stored-ruleset.ts';
export { touchedFlags } from './touched-flags.ts';
export type { Failure, FetchListener, Random, StreamListener, Timers, Transport } from './transport.ts';
export { VerifiedRuleset } from './verified-ruleset.ts';
