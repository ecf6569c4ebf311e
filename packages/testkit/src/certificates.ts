/** X.509 certificates made without a program for it: in DER, with as much in them as Node, OpenSSL and browsers look at. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Host names and addresses, and the one in the subject. */
  readonly names: readonly string[];
  /** Milliseconds from now; absent: a week either way. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface Authority {
  /** Of its own, PEM: what those who believe it are given. */
  readonly cert: string;
  issue(options: CertificateOptions): Certificate;
}

interface Signer {
  readonly name: Buffer;
  readonly privateKey: KeyObject;
}

const EC_WITH_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
const ALTERNATIVE_NAME = '0603551d11';
const BASIC_CONSTRAINTS = '0603551d13';
const WEEK_MS = 7 * 86_400_000;

/** Signs the certificates of others, and its own. */
export function createAuthority(name = 'Flaghoist tests'): Authority {
  const own = createKeys();
  const signer: Signer = { name: nameOf(name), privateKey: own.privateKey };
  const mayIssue = extension(BASIC_CONSTRAINTS, der(0x30, der(0x01, Buffer.from([0xff]))), true);
  return {
    cert: build({ names: [name] }, own.publicKey, signer, [mayIssue]),
    issue(options) {
      const { privateKey, publicKey } = createKeys();
      return { cert: build(options, publicKey, signer, [alternativeNames(options.names)]), key: pem(privateKey) };
    },
  };
}

/** Signed by nobody but itself, for a week around now, with a key of its own. */
export function createCertificate(name: string): Certificate {
  const { privateKey, publicKey } = createKeys();
  const signer = { name: nameOf(name), privateKey };
  return { cert: build({ names: [name] }, publicKey, signer, [alternativeNames([name])]), key: pem(privateKey) };
}

function build(
  { names: [name = ''], fromMs = -WEEK_MS, toMs = WEEK_MS }: CertificateOptions,
  publicKey: KeyObject,
  signer: Signer,
  extensions: readonly Buffer[],
): string {
  const algorithm = der(0x30, Buffer.from(EC_WITH_SHA256, 'hex'));
  const signed = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    signer.name,
    der(0x30, time(Date.now() + fromMs), time(Date.now() + toMs)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, signer.privateKey));
  const lines =
    der(0x30, signed, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function createKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function nameOf(text: string): Buffer {
  return der(0x30, der(0x31, der(0x30, Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from(text, 'utf8')))));
}

function alternativeNames(names: readonly string[]): Buffer {
  const parts = names.map((name) =>
    isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name, 'ascii')),
  );
  return extension(ALTERNATIVE_NAME, der(0x30, ...parts), false);
}

function extension(oid: string, content: Buffer, critical: boolean): Buffer {
  const marked = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return der(0x30, Buffer.from(oid, 'hex'), ...marked, der(0x04, content));
}

/** Tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

/** In as few bytes as it needs: browsers refuse any other form. */
function lengthOf(bytes: number): readonly number[] {
  if (bytes < 0x80) return [bytes];
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff];
}

/** UTCTime: `YYMMDDHHMMSSZ`. */
function time(at: number): Buffer {
  const text = `${new Date(at).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`;
  return der(0x17, Buffer.from(text, 'ascii'));
}
