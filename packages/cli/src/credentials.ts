import { chmod, mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { readIfExists, writeAtomically } from '@flaghoist/runtime/files';
import { CommandFailure } from './command-failure.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';

/** Where a server is, and the token that opens it. */
export interface Credentials {
  readonly url: string;
  readonly token: string;
}

/** `$XDG_CONFIG_HOME/flaghoist/credentials.json`; without that variable below `~/.config`. */
export function credentialsPath(host: Host): string {
  const configHome = host.env['XDG_CONFIG_HOME'] ?? '';
  // The XDG specification: a path that is not absolute is to be ignored.
  const folder = isAbsolute(configHome) ? configHome : join(host.homeDirectory, '.config');
  return join(folder, 'flaghoist', 'credentials.json');
}

/** What `setup` saved; undefined when it saved nothing. */
export async function readCredentials(path: string): Promise<Credentials | undefined> {
  let text: string | null;
  try {
    text = await readIfExists(path);
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
  if (text === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, 'it is not JSON');
  }
  const { url, token } = (value ?? {}) as Partial<Credentials>;
  if (typeof url !== 'string' || typeof token !== 'string') throw unreadable(path, 'it lacks "url" or "token"');
  return { url, token };
}

/** Makes the folder, for its owner only, so that saving can be relied upon before a secret is spent. */
export async function prepareCredentialsFolder(path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

/** Saves for this user only: file mode 0600, written as a whole. The folder must have been prepared. */
export async function saveCredentials(path: string, credentials: Credentials): Promise<void> {
  await writeAtomically(path, [`${JSON.stringify(credentials, null, 2)}\n`]);
}

function unreadable(path: string, why: string): CommandFailure {
  return new CommandFailure(
    EXIT.wrongUse,
    'credentials_unreadable',
    `the saved credentials cannot be used: ${why} (${path}).\nDelete the file and sign in again, or set FLAGHOIST_URL and FLAGHOIST_TOKEN.`,
  );
}
