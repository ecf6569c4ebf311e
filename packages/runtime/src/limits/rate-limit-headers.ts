import type { Quota } from './token-buckets.ts';

/** Whole seconds after which the request that was refused is admitted, when nobody else took the token meanwhile. */
export function retryAfterSeconds(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1_000));
}

/** `RateLimit-Policy`, as in draft-ietf-httpapi-ratelimit-headers-10: `"key";q=5000;w=1`. Of names of a-z, 0-9 and -. */
export function formatPolicy(name: string, { requests, windowMs }: Quota): string {
  return `"${name}";q=${requests};w=${Math.ceil(windowMs / 1_000)}`;
}

/** `RateLimit`, of the same draft: `"key";r=4999;t=1`. `seconds`: until there is more than is left now. */
export function formatLeft(name: string, left: number, seconds: number): string {
  return `"${name}";r=${Math.max(0, left)};t=${seconds}`;
}
