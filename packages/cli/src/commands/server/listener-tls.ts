/** What the settings say about the certificate to listen with. */
import { resolve } from 'node:path';
import type { ServerOptions } from '@flaghoist/server';
import { CommandFailure } from '../../command-failure.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Settings } from '../../settings.ts';

/** Absent: plain HTTP. Throws a `CommandFailure` that says what to change. */
export function readListenerTls({
  tlsCert: cert,
  tlsKey: key,
  tlsClientCa: clientCa,
}: Pick<Settings, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>): ServerOptions['tls'] {
  if (cert !== undefined && key !== undefined)
    return {
      cert: resolve(cert),
      key: resolve(key),
      ...(clientCa === undefined ? {} : { clientCa: resolve(clientCa) }),
    };
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  throw new CommandFailure(
    EXIT.wrongUse,
    'wrong_settings',
    'to listen with TLS give both files, --tls-cert and --tls-key (FLAGHOIST_TLS_CERT, FLAGHOIST_TLS_KEY); --tls-client-ca needs them too.',
  );
}
