import { expect, it } from 'vitest';
import { MANAGEMENT_QUOTAS } from './platform/request-limits.ts';
import { edgeQuotas, managementQuotas } from './request-rates.ts';

const second = (requests: number) => ({ requests, windowMs: 1_000 });
const DEFAULTS = {
  keyQuotas: { evaluation: second(5), ruleset: second(6), stream: second(7), exposures: second(8), receipts: second(8) },
  addressQuota: second(9),
};

it('what the operator does not say stays as it is', () => {
  expect(edgeQuotas({}, DEFAULTS)).toEqual(DEFAULTS);
  expect(managementQuotas({})).toEqual(MANAGEMENT_QUOTAS);
});

it('a rate is what it says, over a second at the edge and over ten for management', () => {
  expect(edgeQuotas({ key: 50, address: 60 }, DEFAULTS)).toEqual({
    keyQuotas: { evaluation: second(50), ruleset: second(6), stream: second(7), exposures: second(50), receipts: second(8) },
    addressQuota: second(60),
  });
  expect(managementQuotas({ principal: 40 })).toEqual({
    principal: { requests: 400, windowMs: 10_000 },
    address: { requests: 800, windowMs: 10_000 },
  });
});
