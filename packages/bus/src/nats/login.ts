/** How this process shows a NATS server who it is. */
import { readFileSync } from 'node:fs';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
} from '@nats-io/transport-node';

const SEED = /^SU[A-Z2-7]{56}$/m;

/** A file with a user's JWT and seed (`.creds`), or with the seed of an nkey. */
export type CredentialKind = 'jwt' | 'nkey';

/** Null: it is neither. */
export function credentialKind(text: string): CredentialKind | null {
  if (!SEED.test(text)) return null;
  return text.includes('BEGIN NATS USER JWT') ? 'jwt' : 'nkey';
}

/** User and password as the first address has them. Without a password the user is a token. */
export function loginOf(address: URL | undefined): Pick<ConnectionOptions, 'user' | 'pass' | 'token'> {
  const user = decodeURIComponent(address?.username ?? '');
  const pass = decodeURIComponent(address?.password ?? '');
  if (user === '') return {};
  return pass === '' ? { token: user } : { user, pass };
}

/** Reads the file for every connection that is made, so that it may be replaced meanwhile. Throws when it is not what it has to be. */
export function authenticateByFile(file: string): Authenticator {
  return (nonce) => {
    const text = readFileSync(file, 'utf8');
    const kind = credentialKind(text);
    if (kind === null) throw new Error(`The file ${file} holds no credentials for NATS.`);
    if (kind === 'jwt') return credsAuthenticator(new TextEncoder().encode(text))(nonce);
    return nkeyAuthenticator(new TextEncoder().encode(SEED.exec(text)?.[0] ?? ''))(nonce);
  };
}
