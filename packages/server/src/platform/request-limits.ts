/**
 * How much each address and each principal may ask of the management API. Counted in this process: with several, each
 * allows as much. Limits on guessing passwords are another thing, kept in the database by the module identity.
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
import { Refusal } from './refusal.ts';

export interface ManagementQuotas {
  readonly address: Quota;
  /** A token, or a person with all their sessions. */
  readonly principal: Quota;
}

/**
 * A page of the dashboard sends some 30 requests, a command line in a loop some 200 a second; a person’s scripts may be
 * many at once. Twice as much for an address: an office has one.
 */
export const MANAGEMENT_QUOTAS: ManagementQuotas = {
  address: { requests: 12_000, windowMs: 10_000 },
  principal: { requests: 6_000, windowMs: 10_000 },
};

const COUNTED = 10_000;

export class RequestLimits {
  readonly #quotas: ManagementQuotas;
  readonly #now: () => number;
  readonly #address: ClientAddress;
  readonly #buckets = { address: new TokenBuckets(COUNTED), principal: new TokenBuckets(COUNTED) };

  constructor(deps: {
    readonly quotas: ManagementQuotas;
    readonly now: () => number;
    readonly address: ClientAddress;
  }) {
    this.#quotas = deps.quotas;
    this.#now = deps.now;
    this.#address = deps.address;
  }

  /**
   * Counts a request for its sender's address; answers the headers that tell what is left.
   *
   * @throws {Refusal} `too_many_requests` with Retry-After.
   */
  ofAddress(request: IncomingMessage): Readonly<Record<string, string>> {
    return this.#count('address', this.#address.networkOf(request));
  }

  /** As `ofAddress`, for whoever is known to ask. */
  ofPrincipal(id: string): Readonly<Record<string, string>> {
    return this.#count('principal', id);
  }

  #count(whose: keyof ManagementQuotas, name: string): Readonly<Record<string, string>> {
    const [quota, buckets, now] = [this.#quotas[whose], this.#buckets[whose], this.#now()];
    const wait = buckets.take(name, now, quota);
    const policy = { 'ratelimit-policy': formatPolicy(whose, quota) };
    if (wait === 0) return { ...policy, ratelimit: formatLeft(whose, buckets.left(name, now, quota), 1) };
    const seconds = retryAfterSeconds(wait);
    const most = `${quota.requests} requests in ${quota.windowMs / 1_000} s`;
    const who = whose === 'address' ? 'This address' : 'This token or person';
    throw new Refusal('too_many_requests', `${who} sends more than ${most}. Send it again in ${seconds} s.`, {
      headers: { ...policy, ratelimit: formatLeft(whose, 0, seconds), 'retry-after': String(seconds) },
    });
  }
}
