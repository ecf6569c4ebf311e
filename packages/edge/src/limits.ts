import type { Quota } from '@flaghoist/runtime/limits';

/** Every bound of the edge in one place: sizes in bytes, times in milliseconds. */
export interface EdgeLimits {
  /** Open streams of all environments together; one more is answered 503. */
  readonly maxStreams: number;
  /** Open streams of one key; one more is answered 429. */
  readonly maxKeyStreams: number;
  /** A stream whose reader leaves more than this unread is cut; it resumes with its cursor. */
  readonly streamBufferBytes: number;
  readonly heartbeatMs: number;
  /** A stream is ended at a random age between these two, so that load moves to new edges. */
  readonly streamMinAgeMs: number;
  readonly streamMaxAgeMs: number;
  /** Patches kept per environment for followers that come back. */
  readonly windowPatches: number;
  readonly windowBytes: number;
  /** A patch above this is not streamed: its followers are told to fetch the compressed snapshot. */
  readonly patchBytes: number;

  readonly contextBytes: number;
  readonly contextDepth: number;
  readonly contextKeys: number;
  /** For a request's whole body. */
  readonly bodyDeadlineMs: number;
  /** For contexts whose bulk answer is known without evaluating, for callers who ask again; most need 1 KB each. */
  readonly rememberedBytes: number;

  /** Requests that wait for a revision at the same moment, a quarter of them with one key; one more does not wait. */
  readonly waitingRequests: number;
  /** A revision further ahead than this is not waited for. */
  readonly farRevisions: number;

  readonly confirmDeadlineMs: number;
  readonly confirmConcurrency: number;
  readonly confirmUnknownMs: number;
  readonly confirmUnknownIds: number;
  /** Key texts that need no hashing because they were recognised before. */
  readonly recognisedKeys: number;

  /** For one read of the bus. */
  readonly busDeadlineMs: number;
  /** For looking at one copy on disk, and for saving one when the edge stops. */
  readonly diskDeadlineMs: number;
  /** A refused environment is read again after 250 ms, doubled up to this. */
  readonly refusedRetryMs: number;

  /** Bytes of batches being read or stored at the same moment; above it batches are answered 503. */
  readonly intakeBytes: number;
  /** Bytes that may wait in the spool; above it batches are answered 503. */
  readonly spoolBytes: number;
  readonly segmentBytes: number;
  /** How long a batch may wait for its disk. */
  readonly appendDeadlineMs: number;
  readonly pushDeadlineMs: number;
  readonly forwardRetryBaseMs: number;
  readonly forwardRetryCapMs: number;
  /** How often the counted evaluations of the doors go into the spool. */
  readonly flushMs: number;
  /** How often the last use of keys is handed on. */
  readonly keyUsageMs: number;
  /** Instances whose receipts are counted, of all environments together; above it those with many make room. */
  readonly receiptInstances: number;
  /** How often aggregates of receipts are handed on while something is different. */
  readonly aggregateMs: number;
  /** Different (flag, outcome, minute) rows counted per environment between two flushes. */
  readonly counterRows: number;

  /** Requests of each kind that a key without a limit of its own may send. */
  readonly keyQuotas: { readonly [kind in RequestKind]: Quota };
  /** Requests with client keys, and preflights, from one address. */
  readonly addressQuota: Quota;
  /** Requests from one address that were refused for their key, or are for nothing that is here. */
  readonly strangerQuota: Quota;
  /** Streams opened, of all keys together; more are answered 503. */
  readonly streamQuota: Quota;
  /** What is known about the use of keys and addresses is forgotten above so many, that of the least busy first. */
  readonly countedKeys: number;
  readonly countedAddresses: number;
}

/** What is counted on its own, so that a flood of one kind leaves the same key's others alone. */
export type RequestKind = 'evaluation' | 'ruleset' | 'stream' | 'exposures' | 'receipts';

export const DEFAULT_LIMITS: EdgeLimits = {
  maxStreams: 20_000,
  maxKeyStreams: 10_000,
  streamBufferBytes: 1 << 20,
  heartbeatMs: 15_000,
  streamMinAgeMs: 30 * 60_000,
  streamMaxAgeMs: 60 * 60_000,
  windowPatches: 1_000,
  windowBytes: 4 << 20,
  patchBytes: 256 << 10,
  contextBytes: 64 << 10,
  contextDepth: 32,
  contextKeys: 500,
  bodyDeadlineMs: 10_000,
  rememberedBytes: 16 << 20,
  waitingRequests: 1_000,
  farRevisions: 1_000,
  confirmDeadlineMs: 1_000,
  confirmConcurrency: 10,
  confirmUnknownMs: 2_000,
  confirmUnknownIds: 10_000,
  recognisedKeys: 10_000,
  busDeadlineMs: 10_000,
  diskDeadlineMs: 5_000,
  refusedRetryMs: 5_000,
  intakeBytes: 128 << 20,
  spoolBytes: 256 << 20,
  segmentBytes: 4 << 20,
  appendDeadlineMs: 10_000,
  pushDeadlineMs: 15_000,
  forwardRetryBaseMs: 100,
  forwardRetryCapMs: 10_000,
  flushMs: 1_000,
  keyUsageMs: 15_000,
  receiptInstances: 20_000,
  aggregateMs: 1_000,
  counterRows: 5_000,
  keyQuotas: {
    evaluation: { requests: 5_000, windowMs: 1_000 },
    ruleset: { requests: 500, windowMs: 1_000 },
    stream: { requests: 1_000, windowMs: 1_000 },
    exposures: { requests: 5_000, windowMs: 1_000 },
    receipts: { requests: 5_000, windowMs: 1_000 },
  },
  addressQuota: { requests: 1_000, windowMs: 1_000 },
  strangerQuota: { requests: 100, windowMs: 10_000 },
  streamQuota: { requests: 1_000, windowMs: 2_000 },
  countedKeys: 10_000,
  countedAddresses: 50_000,
};
