/**
 * Ed25519 signatures over texts (RFC 8032, without context). A public key is written as base64url of its 32 bytes, a
 * signature as `KEYID.SIGNATURE`: the first 16 characters of the SHA-256 of the public key's bytes, and base64url of 64.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

export interface SigningKey {
  readonly id: string;
  readonly publicKey: string;
  /** Signs the UTF-8 bytes of a text: the same text always gets the same signature. Takes some 50 us. */
  sign(text: string): string;
}

const ID_LENGTH = 16;
const PUBLIC_KEY = /^[\w-]{43}$/;

/** A new key, as PKCS #8 in PEM. */
export function generateSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Null when the text is not an unencrypted Ed25519 private key in PEM. */
export function parseSigningKey(pem: string): SigningKey | null {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return null;
  }
  const { x } = key.asymmetricKeyType === 'ed25519' ? createPublicKey(key).export({ format: 'jwk' }) : {};
  if (x === undefined) return null;
  const id = idOf(x);
  return { id, publicKey: x, sign: (text) => `${id}.${sign(null, Buffer.from(text), key).toString('base64url')}` };
}

/** The id of a public key; null when the text is not one. */
export function publicKeyId(text: string): string | null {
  return readPublicKey(text) === null ? null : idOf(text);
}

/**
 * Checks texts against the keys that are trusted: null when the signature is one of them over exactly this text, else why
 * not, in words for people. Whoever trusts no key gets no text past it. Takes some 130 us. Throws RangeError when one of
 * the keys is not a public key.
 */
export function createSignatureCheck(
  publicKeys: readonly string[],
): (text: string, signature: string | null) => string | null {
  const trusted = new Map<string, KeyObject>();
  for (const [index, text] of publicKeys.entries()) {
    const key = readPublicKey(text);
    if (key === null) throw new RangeError(`Public key ${index + 1} is not an Ed25519 key of 43 characters.`);
    trusted.set(idOf(text), key);
  }
  return (text, signature) => {
    if (signature === null) return 'it is not signed';
    const [id = '', value = ''] = signature.split('.', 2);
    const key = trusted.get(id);
    if (key === undefined) return `it is signed by the key ${id.slice(0, ID_LENGTH)}, which is not trusted`;
    const bytes = Buffer.from(value, 'base64url');
    // Decoding forgives what encoding would not have written: then other bits would do as well.
    const isExact = `${id}.${bytes.toString('base64url')}` === signature;
    return isExact && verify(null, Buffer.from(text), key, bytes)
      ? null
      : `its signature is not the one of the key ${id} over it`;
  };
}

function readPublicKey(text: string): KeyObject | null {
  if (!PUBLIC_KEY.test(text) || Buffer.from(text, 'base64url').toString('base64url') !== text) return null;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' });
  } catch {
    return null;
  }
}

function idOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('base64url').slice(0, ID_LENGTH);
}
