/** Whose address a request counts for, from what the operator said about proxies. */
import { type ClientAddress, createClientAddress } from '@flaghoist/runtime/limits';
import { OperatorError } from './platform/operator-error.ts';
import type { ServerOptions } from './server-options.ts';

/** Throws OperatorError `TRUSTED_PROXIES`. */
export function createAddress({
  trustedProxies,
  publicUrl,
}: Pick<ServerOptions, 'trustedProxies' | 'publicUrl'>): ClientAddress {
  try {
    return createClientAddress(trustedProxies ?? (publicUrl === undefined ? 'nobody' : 'last hop'));
  } catch (error) {
    if (error instanceof RangeError) throw new OperatorError('TRUSTED_PROXIES', `Trusted proxies: ${error.message}`);
    throw error;
  }
}
