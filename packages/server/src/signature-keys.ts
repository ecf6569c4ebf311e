/** The keys that heads are signed and checked with: read once, when the process starts. */
import { open, readFile } from 'node:fs/promises';
import type { CheckSignature } from '@flaghoist/client';
import { createSignatureCheck, parseSigningKey, publicKeyId, type SigningKey } from '@flaghoist/runtime/crypto';
import type { ServerOptions } from './server-options.ts';
import { OperatorError } from './platform/operator-error.ts';

/** Bits of a file's mode that let others than its owner at it. */
const OTHERS = 0o077;
const MAKE_ONE = '`flaghoist signing-key create --out FILE` makes one.';

export interface SignatureKeys {
  /** Null: this process signs nothing. */
  readonly signingKey: SigningKey | null;
  /** Null: heads need no signature. */
  readonly signatures: CheckSignature | null;
}

/** What the roles of a process need. Throws OperatorError, before anything else has begun. */
export async function loadSignatureKeys({
  roles,
  signingKey,
  trustedKeys,
}: Pick<ServerOptions, 'roles' | 'signingKey' | 'trustedKeys'>): Promise<SignatureKeys> {
  const signs = roles.includes('publisher') && signingKey !== undefined;
  const checks = roles.includes('edge') && trustedKeys !== undefined;
  return {
    signingKey: signs ? await loadSigningKey(signingKey) : null,
    signatures: checks ? await loadTrustedKeys(trustedKeys) : null,
  };
}

/** Throws OperatorError `SIGNING_KEY` when the file is no unencrypted Ed25519 key, or one that others can read. */
export async function loadSigningKey(path: string): Promise<SigningKey> {
  const { pem, mode } = await readWithMode(path).catch((error: Error) => {
    throw new OperatorError('SIGNING_KEY', `The signing key ${path} cannot be read: ${error.message}.`);
  });
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
    throw new OperatorError(
      'SIGNING_KEY',
      `Others than its owner may use the signing key ${path} (mode ${(mode & 0o777).toString(8)}): chmod 600 ${path}. If they may have read it, make another one.`,
    );
  const key = parseSigningKey(pem);
  if (key !== null) return key;
  throw new OperatorError('SIGNING_KEY', `${path} is no Ed25519 private key in PEM without a password. ${MAKE_ONE}`);
}

/**
 * `entries`: public keys, and files that hold one a line; empty lines and those that begin with # are passed over. Throws
 * OperatorError `TRUSTED_KEYS` when one is neither, or when there is no key in the end.
 */
export async function loadTrustedKeys(entries: readonly string[]): Promise<CheckSignature> {
  const keys: string[] = [];
  for (const entry of entries) {
    if (publicKeyId(entry) === null) keys.push(...(await readPublicKeys(entry)));
    else keys.push(entry);
  }
  if (keys.length === 0)
    throw new OperatorError(
      'TRUSTED_KEYS',
      'Trusted keys were asked for and none is named: nothing could be followed.',
    );
  return createSignatureCheck(keys);
}

async function readPublicKeys(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new OperatorError(
      'TRUSTED_KEYS',
      `${path} is neither a public key of 43 characters nor a file of them: ${error.message}.`,
    );
  });
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = keys.findIndex((key) => publicKeyId(key) === null);
  if (wrong < 0) return keys;
  throw new OperatorError(
    'TRUSTED_KEYS',
    `Key ${wrong + 1} in ${path} is not a public key: 43 characters, as \`flaghoist signing-key show FILE\` prints them.`,
  );
}

async function readWithMode(path: string): Promise<{ readonly pem: string; readonly mode: number }> {
  const file = await open(path, 'r');
  try {
    return { pem: await file.readFile('utf8'), mode: (await file.stat()).mode };
  } finally {
    await file.close();
  }
}
