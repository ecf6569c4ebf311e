/** The operator's rates as quotas; what is not said is the default. */
import { DEFAULT_LIMITS, type EdgeLimits } from '@flaghoist/edge';
import type { RequestRates } from './server-options.ts';
import { MANAGEMENT_QUOTAS, type ManagementQuotas } from './platform/request-limits.ts';

export function edgeQuotas(rates: RequestRates = {}): Pick<EdgeLimits, 'keyQuotas' | 'addressQuota'> {
  const { keyQuotas, addressQuota } = DEFAULT_LIMITS;
  const ofKey = rates.key === undefined ? null : { requests: rates.key, windowMs: 1_000 };
  return {
    keyQuotas: ofKey === null ? keyQuotas : { ...keyQuotas, evaluation: ofKey, exposures: ofKey },
    addressQuota: rates.address === undefined ? addressQuota : { requests: rates.address, windowMs: 1_000 },
  };
}

export function managementQuotas(rates: RequestRates = {}): ManagementQuotas {
  const { windowMs } = MANAGEMENT_QUOTAS.principal;
  if (rates.principal === undefined) return MANAGEMENT_QUOTAS;
  const requests = (rates.principal * windowMs) / 1_000;
  return { address: { requests: 2 * requests, windowMs }, principal: { requests, windowMs } };
}
