/** The limits of a server that was told nothing about them. */
import { createClientAddress } from '@flaghoist/runtime/limits';
import { MANAGEMENT_QUOTAS, RequestLimits } from '../src/platform/request-limits.ts';

export function defaultLimits(): RequestLimits {
  return new RequestLimits({ quotas: MANAGEMENT_QUOTAS, now: Date.now, address: createClientAddress('nobody') });
}
