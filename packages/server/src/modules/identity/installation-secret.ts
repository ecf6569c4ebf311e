/**
 * The installation's secret: what signs session cookies and seals codes, so that a copy of the database alone opens nothing.
 *
 * It is FLAGHOIST_SECRET, or else the file `secret` in the data folder, made at the first start. All processes over one
 * database need the same one; the database holds a check value that tells when one has another.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { equalsConstantTime, randomBytes } from '@flaghoist/runtime/crypto';
import { readIfExists, writeAtomically } from '@flaghoist/runtime/files';
import { type Db, row, sql } from '../../platform/database.ts';
import { OperatorError } from '../../platform/operator-error.ts';

const SHORTEST = 32;
const IV = 12;
const TAG = 16;

export interface InstallationSecret {
  /** A key of 32 bytes for one purpose. */
  derive(purpose: string): Buffer;
  /** HMAC-SHA-256, base64url. */
  sign(purpose: string, text: string): string;
  /** AES-256-GCM; `about` is bound to the result: it opens for the same `about` only. */
  seal(purpose: string, about: string, text: string): Buffer;
  /** Throws when it was sealed otherwise. */
  open(purpose: string, about: string, sealed: Uint8Array): string;
}

export function createInstallationSecret(text: string): InstallationSecret {
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', text, '', `flaghoist ${purpose}`, 32));
  return {
    derive,
    sign: (purpose, signed) => createHmac('sha256', derive(purpose)).update(signed).digest('base64url'),
    seal(purpose, about, plain) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv('aes-256-gcm', derive(purpose), iv).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open(purpose, about, sealed) {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', derive(purpose), bytes.subarray(0, IV))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(IV, IV + TAG));
      return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString('utf8');
    },
  };
}

/**
 * Reads the secret, or makes the first one, and compares it with the other processes' over this database.
 *
 * @throws {OperatorError} `SECRET`: too short, missing though the installation has one, or another than theirs.
 */
export async function loadInstallationSecret(deps: {
  readonly db: Db;
  readonly data: string;
  /** FLAGHOIST_SECRET. */
  readonly given: string | undefined;
}): Promise<InstallationSecret> {
  const { db, data, given } = deps;
  const file = join(data, 'secret');
  const known = await row(db, sql<{ hmac: string }>`select hmac from secret_check where id = 1`);
  const text = given ?? (await readIfExists(file))?.trim() ?? (await makeFirst(file, known !== undefined));
  if (text.length < SHORTEST)
    throw new OperatorError(
      'SECRET',
      `${given === undefined ? `The file ${file}` : 'FLAGHOIST_SECRET'} holds fewer than ${SHORTEST} characters. Use a random text, e.g. of \`openssl rand -base64 32\`.`,
    );
  const secret = createInstallationSecret(text);
  await compare(db, secret, given === undefined ? `the file ${file}` : 'FLAGHOIST_SECRET');
  return secret;
}

async function makeFirst(file: string, exists: boolean): Promise<string> {
  if (exists)
    throw new OperatorError(
      'SECRET',
      `This installation has a secret, and this process does not know it: there is no file ${file}. Set FLAGHOIST_SECRET to it, or copy the file \`secret\` from the data folder of a process that has it.`,
    );
  const text = randomBytes(32).toString('base64url');
  await writeAtomically(file, [`${text}\n`]);
  return text;
}

async function compare(db: Db, secret: InstallationSecret, where: string): Promise<void> {
  const hmac = secret.sign('check', 'flaghoist installation secret');
  await sql`insert into secret_check (id, hmac) values (1, ${hmac}) on conflict do nothing`.execute(db);
  const stored = await row(db, sql<{ hmac: string }>`select hmac from secret_check where id = 1`);
  if (stored === undefined || equalsConstantTime(stored.hmac, hmac)) return;
  throw new OperatorError(
    'SECRET',
    `The secret in ${where} is not the one of this installation: nobody could stay signed in. Set FLAGHOIST_SECRET to the same text for every process over this database, or copy the file \`secret\` from the data folder of a process that has it. If the secret is lost, delete the row of the table secret_check: everybody has to sign in again, and codes of authenticator apps have to be set up anew.`,
  );
}
