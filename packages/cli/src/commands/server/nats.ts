/** What the settings say about the NATS servers that carry the bus. */
import { resolve } from 'node:path';
import type { NatsAddress } from '@flaghoist/server';
import { CommandFailure } from '../../command-failure.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Settings } from '../../settings.ts';

/** Absent: the bus is in the database. Throws a `CommandFailure` that says what to change. */
export function readNats({
  natsUrl: url,
  natsCa,
  natsCert,
  natsKey,
  natsCreds,
}: Pick<Settings, 'natsUrl' | 'natsCa' | 'natsCert' | 'natsKey' | 'natsCreds'>): NatsAddress | undefined {
  const files = [natsCa, natsCert, natsKey, natsCreds].map((file) => (file === undefined ? undefined : resolve(file)));
  const [ca, cert, key, creds] = files;
  if (url !== undefined) return { url, ca, cert, key, creds };
  if (files.every((file) => file === undefined)) return undefined;
  throw new CommandFailure(
    EXIT.wrongUse,
    'wrong_settings',
    'certificates and credentials for NATS are for servers of NATS: say which in FLAGHOIST_NATS_URL, or with --nats-url.',
  );
}
