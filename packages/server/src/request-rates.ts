/** The operator's rates as quotas; what is not said is the default. */
import type { Quota } from '@flaghoist/runtime/limits';
import { MANAGEMENT_QUOTAS, type ManagementQuotas } from './platform/request-limits.ts';
import type { RequestRates } from './server-options.ts';

interface EdgeQuotas {
  readonly keyQuotas: { readonly [kind in 'evaluation' | 'ruleset' | 'stream' | 'exposures' | 'receipts']: Quota };
  readonly addressQuota: Quota;
}

export function edgeQuotas(rates: RequestRates, { keyQuotas, addressQuota }: EdgeQuotas): EdgeQuotas {
  const ofKey = rates.key === undefined ? null : { requests: rates.key, windowMs: 1_000 };
  return {
    keyQuotas: ofKey === null ? keyQuotas : { ...keyQuotas, evaluation: ofKey, exposures: ofKey },
    addressQuota: rates.address === undefined ? addressQuota : { requests: rates.address, windowMs: 1_000 },
  };
}

export function managementQuotas(rates: RequestRates): ManagementQuotas {
  const { windowMs } = MANAGEMENT_QUOTAS.principal;
  if (rates.principal === undefined) return MANAGEMENT_QUOTAS;
  const requests = (rates.principal * windowMs) / 1_000;
  return { address: { requests: 2 * requests, windowMs }, principal: { requests, windowMs } };
}
