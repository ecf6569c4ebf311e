/** The certificate that a process listens with. */
import type { Lifecycle } from '@flaghoist/runtime/lifecycle';
import { CertificateError, openServerTls, type ServerTls } from '@flaghoist/runtime/tls';
import type { ServerOptions } from './server-options.ts';
import { OperatorError } from './platform/operator-error.ts';

/** Absent: this process speaks plain HTTP. Throws OperatorError `TLS` when what is in the files cannot be used. */
export async function openListenerTls(
  { tls: files, logger }: Pick<ServerOptions, 'tls' | 'logger'>,
  lifecycle: Lifecycle,
): Promise<ServerTls | undefined> {
  if (files === undefined) return undefined;
  const tls = await openServerTls({ files, logger, now: () => new Date() }).catch((error: unknown) => {
    throw error instanceof CertificateError ? new OperatorError('TLS', error.message, error) : error;
  });
  lifecycle.add({ name: 'certificate', stop: async () => tls.stop() });
  return tls;
}
