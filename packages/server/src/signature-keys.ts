/** The keys that heads are signed and checked with: read when the process starts, and again when their files change. */
import { open, readFile } from 'node:fs/promises';
import type { CheckSignature } from '@flaghoist/client';
import { createSignatureCheck, parseSigningKey, publicKeyId, type SigningKey } from '@flaghoist/runtime/crypto';
import { type RereadOptions, rereadFiles } from '@flaghoist/runtime/files';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { ServerOptions } from './server-options.ts';
import { OperatorError } from './platform/operator-error.ts';

/** Bits of a file's mode that let others than its owner at it. */
const OTHERS = 0o077;
const MAKE_ONE = '`flaghoist signing-key create --out FILE` makes one.';

export interface SignatureKeys {
  /** Null: this process signs nothing. Another one when its file is exchanged. */
  readonly signingKey: SigningKey | null;
  /** Null: heads need no signature. Checks with the keys that are trusted when it is called. */
  readonly signatures: CheckSignature | null;
}

export interface OpenSignatureKeys extends SignatureKeys {
  stop(): void;
}

interface Kept<T> {
  readonly current: T;
  stop(): void;
}

/** What the roles of a process need. Throws OperatorError, before anything else has begun. */
export async function openSignatureKeys({
  roles,
  signingKey,
  trustedKeys,
  logger,
}: Pick<ServerOptions, 'roles' | 'signingKey' | 'trustedKeys' | 'logger'>): Promise<OpenSignatureKeys> {
  const signs = roles.includes('publisher') && signingKey !== undefined;
  const checks = roles.includes('edge') && trustedKeys !== undefined;
  const signer = signs ? await keepSigningKey(signingKey, logger) : null;
  const trusted = checks ? await keepTrustedKeys(trustedKeys, logger) : null;
  return {
    get signingKey() {
      return signer?.current ?? null;
    },
    signatures: trusted === null ? null : (text, signature) => trusted.current.check(text, signature),
    stop() {
      signer?.stop();
      trusted?.stop();
    },
  };
}

function keepSigningKey(path: string, logger: Logger): Promise<Kept<SigningKey>> {
  return keep({
    load: () => loadSigningKey(path),
    identify: ({ id }) => id,
    onChange: ({ id, publicKey }) =>
      logger.info({ id, publicKey }, 'signatures: rulesets are signed with a new key from now on'),
    onRefused: (problem) =>
      logger.error({ problem }, 'signatures: the new signing key cannot be used; the old one stays'),
  });
}

function keepTrustedKeys(entries: readonly string[], logger: Logger): Promise<Kept<TrustedKeys>> {
  return keep({
    load: () => loadTrustedKeys(entries),
    identify: ({ publicKeys }) => publicKeys.join(),
    onChange: ({ publicKeys }) => logger.info({ publicKeys }, 'signatures: other keys are trusted from now on'),
    onRefused: (problem) =>
      logger.error({ problem }, 'signatures: the new trusted keys cannot be used; the old ones stay'),
  });
}

async function keep<T extends object>(options: RereadOptions<T>): Promise<Kept<T>> {
  let current: T = await options.load();
  const reread = rereadFiles(current, {
    ...options,
    onChange(value) {
      current = value;
      options.onChange(value);
    },
  });
  return {
    get current() {
      return current;
    },
    stop: () => reread.stop(),
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

export interface TrustedKeys {
  readonly publicKeys: readonly string[];
  readonly check: CheckSignature;
}

/**
 * `entries`: public keys, and files that hold one a line; empty lines and those that begin with # are passed over. Throws
 * OperatorError `TRUSTED_KEYS` when one is neither, or when there is no key in the end.
 */
export async function loadTrustedKeys(entries: readonly string[]): Promise<TrustedKeys> {
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
  return { publicKeys: keys, check: createSignatureCheck(keys) };
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
