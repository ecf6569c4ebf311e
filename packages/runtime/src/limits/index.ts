/** Limits on requests: token buckets, the headers that tell of them, and who is counted as one sender. */
export { type ClientAddress, createClientAddress, type TrustedProxies } from './client-address.ts';
export { networkOf } from './network.ts';
export { formatLeft, formatPolicy, retryAfterSeconds } from './rate-limit-headers.ts';
export { type Quota, TokenBuckets } from './token-buckets.ts';
