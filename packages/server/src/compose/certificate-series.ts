/** Until when the certificates are good that this process shows. */
import { gauge, type Series } from '@flaghoist/runtime/telemetry';
import { readNotAfter, type ServerTls } from '@flaghoist/runtime/tls';
import type { NatsAddress } from '../server-options.ts';

/** Files, PEM, by where they are shown. */
export type ShownCertificates = { readonly [use in 'upstream' | 'nats' | 'database']?: string | undefined };

/** What is shown to NATS and PostgreSQL, whose files are read for each connection. */
export function shownBelow(databaseUrl: string | undefined, nats: NatsAddress | undefined): ShownCertificates {
  const query = new URLSearchParams(databaseUrl?.split('?')[1] ?? '');
  return { nats: nats?.cert, database: query.get('sslcert') ?? undefined };
}

/** A file that cannot be read is over: nobody connects with it. */
export async function certificateSeries(
  listener: Pick<ServerTls, 'current'> | undefined,
  shown: ShownCertificates,
): Promise<Series> {
  const ends = listener === undefined ? [] : [{ use: 'listener', at: listener.current.notAfter }];
  for (const [use, file] of Object.entries(shown))
    if (file !== undefined) ends.push({ use, at: await readNotAfter(file).catch(() => new Date(0)) });
  return gauge(
    'certificate_expiry_timestamp_seconds',
    'When a certificate that is shown ends.',
    ends.map(({ use, at }) => ({ value: at.getTime() / 1_000, labels: { use } })),
    'min',
  );
}
