/**
 * How much each key and each address may ask for. Nothing is made for a request that is admitted.
 *
 * A key has a quota for each kind of request, its own or the edge's. Client keys stand in pages for everybody to read, so
 * their requests are counted for the address too. Requests that are refused for their key have a small quota for each
 * address: without it anybody could make the edge ask upstream without end.
 */
import type { IncomingMessage } from 'node:http';
import {
  type ClientAddress,
  formatLeft,
  formatPolicy,
  type Quota,
  retryAfterSeconds,
  TokenBuckets,
} from '@flaghoist/runtime/limits';
import type { EdgeLimits, RequestKind } from '../limits.ts';
import type { AccessEntry } from './access-index.ts';

/** A request too many. */
export interface Excess {
  /** Whose quota it is; `streams`: of all keys together. */
  readonly policy: 'key' | 'address' | 'stranger' | 'streams';
  readonly quota: Quota;
  readonly retryAfterS: number;
}

/** Since the start: requests that were refused because of each quota. */
export type ExcessCounts = { readonly [policy in Excess['policy']]: number };

export interface QuotasOptions {
  readonly limits: Pick<
    EdgeLimits,
    'keyQuotas' | 'addressQuota' | 'strangerQuota' | 'streamQuota' | 'countedKeys' | 'countedAddresses'
  >;
  readonly now: () => number;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly address: ClientAddress;
}

/** Whoever opens streams was cut off together with others: they are told to come back spread over so long. */
const SPREAD_S = 10;

export class Quotas {
  readonly #options: QuotasOptions;
  readonly #keys: { readonly [kind in RequestKind]: TokenBuckets };
  readonly #addresses: TokenBuckets;
  readonly #strangers: TokenBuckets;
  readonly #streams = new TokenBuckets(1);
  readonly #counts = { key: 0, address: 0, stranger: 0, streams: 0 };
  #lastKey: string | null = null;

  constructor(options: QuotasOptions) {
    this.#options = options;
    const { countedKeys, countedAddresses } = options.limits;
    this.#keys = {
      evaluation: new TokenBuckets(countedKeys),
      ruleset: new TokenBuckets(countedKeys),
      stream: new TokenBuckets(countedKeys),
      exposures: new TokenBuckets(countedKeys),
      receipts: new TokenBuckets(countedKeys),
    };
    this.#addresses = new TokenBuckets(countedAddresses);
    this.#strangers = new TokenBuckets(countedAddresses);
  }

  get counts(): ExcessCounts {
    return { ...this.#counts };
  }

  /** The id of the key whose request was refused last. */
  get lastKey(): string | null {
    return this.#lastKey;
  }

  /** Addresses that are counted at the moment. */
  get addresses(): number {
    return this.#addresses.size + this.#strangers.size;
  }

  /** Counts a request with a genuine key. */
  ofKey(entry: AccessEntry, kind: RequestKind, request: IncomingMessage): Excess | null {
    if (entry.kind === 'client') {
      const excess = this.ofAddress(request);
      if (excess !== null) return excess;
    }
    const quota = entry.quota ?? this.#options.limits.keyQuotas[kind];
    const wait = this.#keys[kind].take(entry.id, this.#options.now(), quota);
    if (wait === 0) return null;
    this.#lastKey = entry.id;
    return this.#excess('key', quota, wait, kind === 'stream' ? SPREAD_S : 0);
  }

  /** Counts a request that a page may send without a key, or with one that everybody can read. */
  ofAddress(request: IncomingMessage): Excess | null {
    const quota = this.#options.limits.addressQuota;
    const wait = this.#addresses.take(this.#options.address.networkOf(request), this.#options.now(), quota);
    return wait === 0 ? null : this.#excess('address', quota, wait);
  }

  /** Counts a request that is refused for its key, or for its path or method. */
  ofStranger(request: IncomingMessage): Excess | null {
    const quota = this.#options.limits.strangerQuota;
    const wait = this.#strangers.take(this.#options.address.networkOf(request), this.#options.now(), quota);
    return wait === 0 ? null : this.#excess('stranger', quota, wait);
  }

  /** Whether so many requests from this address were refused that nobody is asked about its unknown keys. Counts nothing. */
  ofUnknown(request: IncomingMessage): Excess | null {
    const quota = this.#options.limits.strangerQuota;
    const wait = this.#strangers.wait(this.#options.address.networkOf(request), this.#options.now(), quota);
    return wait === 0 ? null : this.#excess('stranger', quota, wait);
  }

  /** Counts a stream that is about to be opened. */
  ofStream(): Excess | null {
    const quota = this.#options.limits.streamQuota;
    const wait = this.#streams.take('', this.#options.now(), quota);
    return wait === 0 ? null : this.#excess('streams', quota, wait, SPREAD_S);
  }

  #excess(policy: Excess['policy'], quota: Quota, waitMs: number, spreadS = 0): Excess {
    this.#counts[policy]++;
    const retryAfterS = retryAfterSeconds(waitMs) + Math.floor(this.#options.random() * spreadS);
    return { policy, quota, retryAfterS };
  }
}

const WHOSE: { readonly [policy in Excess['policy']]: string } = {
  key: 'This key sends',
  address: 'This address sends',
  stranger: 'This address sends requests that are refused:',
  streams: 'This edge opens',
};

/** The refusal of a request too many. */
export function denyExcess(excess: Excess) {
  return { ok: false, status: 429, code: 'too_many_requests', detail: excessDetail(excess), excess } as const;
}

/** For people. */
export function excessDetail({ policy, quota, retryAfterS }: Excess): string {
  const what = policy === 'streams' ? 'streams' : 'requests';
  const most = `${quota.requests} ${what} in ${quota.windowMs / 1_000} s`;
  return `${WHOSE[policy]} more than ${most}. Send it again in ${retryAfterS} s.`;
}

/** Flat list of names and values. */
export function excessHeaders({ policy, quota, retryAfterS }: Excess): readonly string[] {
  return [
    'retry-after',
    String(retryAfterS),
    'ratelimit-policy',
    formatPolicy(policy, quota),
    'ratelimit',
    formatLeft(policy, 0, retryAfterS),
  ];
}
