/**
 * The native door: how SDKs and edges follow an environment.
 *
 * `GET ruleset`: a snapshot; `ETag` is the head's hash in quotes, `If-None-Match` is answered 304.
 * `GET stream`: server-sent events. The request's cursor (`Last-Event-ID`, else the query's `after`) is the place the
 *   follower has reached. Events: `patch` (id: the cursor reached by applying it; data: one block, a line a `data:`),
 *   `head` (data: a block without entities, that is the head's text and the line of its signature if there is one; sent at
 *   once and every 15 s: proof of freshness), and `reset` (no data that matters: the follower is too far behind or on
 *   another history, and fetches a snapshot).
 * `POST exposures`: one batch (see ./exposures); 202 once it is on disk.
 * `POST receipts`: what an instance has applied (see ./exposures); 202 with how long to spread the next ones over.
 * `GET ruleset` obeys `Flaghoist-At-Least` and baggage (see ./at-least), as the doors for evaluations do.
 * All take `Authorization: Bearer <key>`. A relay key names the environment with the query's `environment`.
 */
export const NATIVE_PATHS = {
  ruleset: '/native/v1/ruleset',
  stream: '/native/v1/stream',
  exposures: '/native/v1/exposures',
  receipts: '/native/v1/receipts',
} as const;

export type NativeEvent = 'patch' | 'head' | 'reset';

/** How often a stream repeats its head when nothing changes. A follower that hears nothing for 40 s reconnects. */
export const HEARTBEAT_MS = 15_000;
export const SILENCE_MS = 40_000;
