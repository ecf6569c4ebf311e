/** Where NATS is and how it is spoken to, as operators write it. */
import { readFileSync } from 'node:fs';
import { OperatorError } from '../platform/operator-error.ts';
import type { NatsAddress } from '../server-options.ts';

export interface NatsServers {
  readonly servers: readonly string[];
  /** PEM. */
  readonly tls?: { readonly [name in 'ca' | 'cert' | 'key']?: string };
}

/** Throws OperatorError `NATS`, in words without the password. */
export function readNatsAddress(address: NatsAddress): NatsServers {
  return { servers: readServers(address.url), ...readTls(address) };
}

/** `nats://user:password@one:4222,two:4222`: what the first says of scheme and login is so for all. */
function readServers(text: string): readonly string[] {
  const [first = '', ...others] = text.split(',').map((part) => part.trim());
  const scheme = /^(nats|tls):\/\//.exec(first)?.[0];
  const servers = [first, ...others.map((part) => (part.includes('://') ? part : `${scheme}${part}`))];
  const areUsable = servers.every((server) => {
    const url = URL.canParse(server) ? new URL(server) : null;
    return (
      url !== null &&
      `${url.protocol}//` === scheme &&
      url.hostname !== '' &&
      /^\/?$/.test(url.pathname) &&
      url.search === '' &&
      url.hash === ''
    );
  });
  if (scheme === undefined || !areUsable)
    throw new OperatorError(
      'NATS',
      'The address of NATS cannot be used. It is nats://user:password@host:4222, or tls:// for TLS, and more hosts after commas.',
    );
  return servers;
}

/** The files are read here, so that one that is missing is said at the start. */
function readTls({ url, ca, cert, key }: NatsAddress) {
  if (ca === undefined && cert === undefined && key === undefined) return {};
  if (!url.startsWith('tls://'))
    throw new OperatorError('NATS', 'Certificates for NATS are for an address that begins with tls://.');
  if ((cert === undefined) !== (key === undefined))
    throw new OperatorError('NATS', 'A client certificate for NATS needs both its files, certificate and key.');
  const files = Object.entries({ ca, cert, key }).filter(([, file]) => file !== undefined);
  return { tls: Object.fromEntries(files.map(([name, file]) => [name, readText(file ?? '')])) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError('NATS', `A file for NATS cannot be read: ${(error as Error).message}`, error);
  }
}
