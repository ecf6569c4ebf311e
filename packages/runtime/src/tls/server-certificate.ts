/** What a listener shows of itself, and whose certificates it believes. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';

/** Paths of files in PEM. */
export interface ServerCertificateFiles {
  /** The certificate, and after it those between it and its authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities: only clients with a certificate of one of them are served. */
  readonly clientCa?: string | undefined;
}

export interface ServerCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
  /** The whole, without telling the key. */
  readonly identity: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whether it is for a host name or address, as a URL has it. */
  covers(host: string): boolean;
}

const HOST_NAME = /^[\w.-]{1,253}$/;

/** Certificate, key or authorities that cannot be used. The message names the file and says what to do. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** Rejects with CertificateError; never for a certificate that is too old or too young. */
export async function readServerCertificate(files: ServerCertificateFiles): Promise<ServerCertificate> {
  const cert = await readPem(files.cert, 'certificate');
  const key = await readPem(files.key, 'private key');
  const clientCa = files.clientCa === undefined ? undefined : await readAuthorities(files.clientCa);
  const leaf = parseCertificate(cert, files.cert);
  if (!leaf.checkPrivateKey(parseKey(key, files.key)))
    throw new CertificateError(`The private key in ${files.key} is not that of the certificate in ${files.cert}.`);
  try {
    createSecureContext({ cert, key, ...(clientCa === undefined ? {} : { ca: clientCa }) });
  } catch (error) {
    throw new CertificateError(`${files.cert} and ${files.key} cannot be used: ${(error as Error).message}.`);
  }
  const identity = createHash('sha256')
    .update([cert, key, clientCa ?? ''].join('\0'))
    .digest('base64url');
  return {
    cert,
    key,
    clientCa,
    identity,
    notBefore: new Date(leaf.validFrom),
    notAfter: new Date(leaf.validTo),
    covers(host) {
      const name = host.startsWith('[') ? host.slice(1, -1) : host;
      if (isIP(name) !== 0) return leaf.checkIP(name) !== undefined;
      return HOST_NAME.test(name) && leaf.checkHost(name) !== undefined;
    },
  };
}

/** Null, or why nobody who checks it will connect, in words for the operator. */
export function validityProblem({ notBefore, notAfter }: ServerCertificate, file: string, now: Date): string | null {
  if (now > notAfter)
    return `The certificate in ${file} has expired on ${notAfter.toISOString()}: put a new one in its place.`;
  if (now < notBefore)
    return `The certificate in ${file} is not valid before ${notBefore.toISOString()}: use one that is, or set the clock of this machine right.`;
  return null;
}

/** Authorities in PEM, every one of them read. Rejects with CertificateError. */
export async function readAuthorities(file: string): Promise<string> {
  const text = await readPem(file, 'authority');
  checkAuthorities(text, file);
  return text;
}

/** Throws CertificateError unless the text is authorities in PEM. */
export function checkAuthorities(text: string, file: string): void {
  const parts = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (parts.length === 0) throw new CertificateError(`There is no certificate in PEM in ${file}.`);
  for (const part of parts) parseCertificate(part, file);
}

export async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CertificateError(`The ${what} ${file} cannot be read: ${(error as Error).message}.`);
  }
}

export function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CertificateError(`There is no certificate in PEM in ${file}, or it is damaged.`);
  }
}

/** When the first certificate in a file ends. Rejects with CertificateError. */
export async function readNotAfter(file: string): Promise<Date> {
  return new Date(parseCertificate(await readPem(file, 'certificate'), file).validTo);
}

export function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CertificateError(`There is no private key in PEM without a password in ${file}.`);
  }
}
