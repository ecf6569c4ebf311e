/** Whose address a request counts for, from what the operator said about proxies. */
import { type ClientAddress, createClientAddress } from '@flaghoist/runtime/limits';
import { OperatorError } from './platform/operator-error.ts';
import type { ServerOptions } from './server-options.ts';

/** Throws OperatorError `TRUSTED_PROXIES`. */
export function createAddress({
  trustedProxies,
  publicUrl,
  tls,
}: Pick<ServerOptions, 'trustedProxies' | 'publicUrl' | 'tls'>): ClientAddress {
  // Where TLS ends here there need be no proxy that sets the header: who writes it himself would choose his address.
  const behindProxy = publicUrl !== undefined && tls === undefined;
  try {
    return createClientAddress(trustedProxies ?? (behindProxy ? 'last hop' : 'nobody'));
  } catch (error) {
    if (error instanceof RangeError) throw new OperatorError('TRUSTED_PROXIES', `Trusted proxies: ${error.message}`);
    throw error;
  }
}
