/** What a runtime hands in: requests and timers. */
import type { ServerSentEvent } from './event-stream-parser.ts';

/**
 * The two requests of a follower. Each answers through its listener, within deadlines of its own, and never after the
 * function it returned was called: that ends the request and frees its connection.
 */
export interface Transport {
  /** `GET ruleset`; `etag` (without quotes) is sent as `If-None-Match`. Exactly one call of the listener. */
  fetch(etag: string | null, listener: FetchListener): () => void;
  /** `GET stream`, from the cursor `after`. `onFailure` is the last call, also when an open stream ends. */
  connect(after: string, listener: StreamListener): () => void;
}

export interface FetchListener {
  /** The whole body, decoded. */
  readonly onRuleset: (text: string) => void;
  readonly onUnchanged: () => void;
  readonly onFailure: (failure: Failure) => void;
}

export interface StreamListener {
  readonly onOpen: () => void;
  /** Decoded text of an event stream, cut anywhere. */
  readonly onText: (text: string) => void;
  /** A whole event, from a transport that carries no event stream of this environment alone. */
  readonly onEvent: (event: Pick<ServerSentEvent, 'event' | 'data'>) => void;
  readonly onFailure: (failure: Failure) => void;
}

export interface Failure {
  /** HTTP status; null when there was no answer or an open stream ended. */
  readonly status: number | null;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | null;
  /** Set when there was a connection and no answer began in time: what a proxy does that holds answers back. */
  readonly unanswered?: boolean;
  /** Set when whoever was asked has no ruleset of this environment that could be begun with. */
  readonly missing?: boolean;
  readonly message: string;
}

export interface Timers {
  /** Calls `run` once after `ms`; calling what it returns before that prevents it. */
  after(ms: number, run: () => void): () => void;
  /** Milliseconds since 1970: a label, never an order. */
  now(): number;
}

/** A uniform number in [0, 1). */
export type Random = () => number;
