/** A certificate that nobody signed but itself, made without a program for it: X.509 in DER, as far as a browser reads it. */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

const EC_WITH_SHA256 = '06082a8648ce3d040302';
const COMMON_NAME = '0603550403';
const DAY_MS = 86_400_000;

/** For a week around now, with a key of its own. */
export function createCertificate(name: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, Buffer.from(EC_WITH_SHA256, 'hex'));
  const named = der(0x30, der(0x31, der(0x30, Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from(name, 'utf8')))));
  const validity = der(0x30, time(Date.now() - DAY_MS), time(Date.now() + 7 * DAY_MS));
  const publicPart = publicKey.export({ type: 'spki', format: 'der' });
  const signed = der(0x30, der(0x02, Buffer.from([1])), algorithm, named, validity, named, publicPart);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey));
  const bytes = der(0x30, signed, algorithm, signature);
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
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
