import type { Sha256 } from './entity.ts';

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
 * `GET ruleset/ADDRESS`: the same for one server key alone (`ownRulesetPath`); caches may keep it for seconds.
 * All take `Authorization: Bearer <key>`.
 *
 * A relay key follows several environments. It names the one of a snapshot with the query's `environment`, and gets the
 * access document with it. Its stream carries all that its queries `after` name (`environment:epoch.revision`, see
 * ./at-least), and those that `environment` names without a place: a `patch` has such a token as its id, a `reset` the
 * environment as its data. Only a relay key may ask for the rest:
 * `GET environments`: which it may follow, and which of the queries' `held` it may not any more (`RelayEnvironments`).
 * `GET keys?id=ID`: whether there is such a key anywhere (`KeyExistence`); 503 when nobody can say.
 * `POST forward?queue=NAME`: work items on their way up, a line each (`ForwardedItem`); 200 once they are safe here.
 */
export const NATIVE_PATHS = {
  ruleset: '/native/v1/ruleset',
  stream: '/native/v1/stream',
  exposures: '/native/v1/exposures',
  receipts: '/native/v1/receipts',
  environments: '/native/v1/environments',
  keys: '/native/v1/keys',
  forward: '/native/v1/forward',
} as const;

/**
 * Where a server key finds its ruleset and no other key finds anything: a cache in front that looks at nothing but the
 * address cannot mix keys up. The address tells nothing of the key, and an edge answers it to its key only.
 */
export function ownRulesetPath(key: string, sha256: Sha256): string {
  return `${NATIVE_PATHS.ruleset}/${sha256(`ruleset ${key}`)}`;
}

export interface RelayEnvironments {
  /** Ids of those that are loaded where it was asked. */
  readonly environments: readonly string[];
  /** Those asked about that are loaded there and do not list the key any more. What is not loaded is in neither. */
  readonly withdrawn: readonly string[];
}

export interface KeyExistence {
  readonly exists: boolean;
}

/** An item of a work queue; its id folds what is sent twice. */
export interface ForwardedItem {
  readonly id: string;
  readonly body: string;
}

/** Bytes and items of one request to forward. */
export const FORWARD_LIMITS = { bytes: 4 << 20, items: 5_000 } as const;

/** `environments`: to edges, when what their key may do has changed anywhere. */
export type NativeEvent = 'patch' | 'head' | 'reset' | 'environments';

/** How often a stream repeats its head when nothing changes. A follower that hears nothing for 40 s reconnects. */
export const HEARTBEAT_MS = 15_000;
export const SILENCE_MS = 40_000;
