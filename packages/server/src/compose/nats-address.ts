/** Where NATS is and how it is spoken to, as operators write it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { OperatorError } from '../platform/operator-error.ts';
import type { NatsAddress } from '../server-options.ts';

export interface NatsServers {
  readonly servers: readonly string[];
  /** Files, which are read again for every connection: that they can be read was seen. */
  readonly tls?: { readonly [name in 'caFile' | 'certFile' | 'keyFile']?: string };
  readonly credentialsFile?: string;
}

/** Throws OperatorError `NATS`, in words without the password. */
export function readNatsAddress(address: NatsAddress): NatsServers {
  return { servers: readServers(address.url), ...readTls(address), ...readCredentials(address) };
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

function readTls({ url, ca, cert, key }: NatsAddress) {
  if (ca === undefined && cert === undefined && key === undefined) return {};
  if (!url.startsWith('tls://'))
    throw new OperatorError('NATS', 'Certificates for NATS are for an address that begins with tls://.');
  if ((cert === undefined) !== (key === undefined))
    throw new OperatorError('NATS', 'A client certificate for NATS needs both its files, certificate and key.');
  const given = Object.entries({ caFile: ca, certFile: cert, keyFile: key });
  checkPem(Object.fromEntries(given.flatMap(([name, file]) => (file === undefined ? [] : [[name, readText(file)]]))));
  return { tls: Object.fromEntries(given.filter(([, file]) => file !== undefined)) };
}

/** Said at the start rather than at each connection: a file that is none, or a key of another certificate. */
function checkPem({ caFile, certFile, keyFile }: { readonly [name: string]: string }): void {
  try {
    // TLS itself says nothing of authorities that it cannot read.
    for (const text of [caFile, certFile]) if (text !== undefined) new X509Certificate(text);
    createSecureContext({ ca: caFile, cert: certFile, key: keyFile });
  } catch (error) {
    throw new OperatorError('NATS', `The files for TLS to NATS cannot be used: ${(error as Error).message}.`, error);
  }
}

/** Nothing of the file is shown: what is in it may be a secret. */
function readCredentials({ url, creds }: NatsAddress) {
  if (creds === undefined) return {};
  if (url.includes('@'))
    throw new OperatorError(
      'NATS',
      'A file with credentials for NATS is instead of a user in its address: leave one out.',
    );
  if (!/^(?:SU[A-Z2-7]{56})$/m.test(readText(creds)))
    throw new OperatorError(
      'NATS',
      `${creds} holds no credentials for NATS: it has to be a .creds file, or the seed of a user's nkey, which begins with SU.`,
    );
  return { credentialsFile: creds };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorError('NATS', `A file for NATS cannot be read: ${(error as Error).message}`, error);
  }
}
