import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createSignatureCheck,
  generateSigningKey,
  parseSigningKey,
  publicKeyId,
  type SigningKey,
} from './signatures.ts';

/** RFC 8032, 7.1, test 2. */
const KNOWN = {
  pem: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
-----END PRIVATE KEY-----
`,
  publicKey: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw',
  ofR: 'kqAJqfDUyrhyDoILX2QlQKKye1QWUD-Ps3YiI-vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA',
};

function key(): SigningKey {
  const made = parseSigningKey(generateSigningKey());
  if (made === null) throw new Error('what was generated cannot be read');
  return made;
}

describe('a signing key', () => {
  it('signs as RFC 8032 says', () => {
    const known = parseSigningKey(KNOWN.pem);
    expect(known?.publicKey).toBe(KNOWN.publicKey);
    expect(known?.sign('r')).toBe(`${known?.id}.${KNOWN.ofR}`);
    expect(known?.id).toBe(publicKeyId(KNOWN.publicKey));
    expect(known?.id).toMatch(/^[\w-]{16}$/);
  });

  it('is none when it is of another kind, public, encrypted or not PEM', () => {
    const others = [
      generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
      generateKeyPairSync('ed25519').privateKey.export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'x',
      }),
      '',
      'no key',
    ];
    for (const pem of others.map(String)) expect(parseSigningKey(pem), pem).toBeNull();
  });
});

describe('a signature', () => {
  it('is good by any of the keys that are trusted, over exactly its text', () => {
    const [old, next, other] = [key(), key(), key()];
    const check = createSignatureCheck([old.publicKey, next.publicKey]);
    expect([check('héad', old.sign('héad')), check('héad', next.sign('héad'))]).toEqual([null, null]);
    expect(check('héad', old.sign('head'))).toBe(`its signature is not the one of the key ${old.id} over it`);
    expect(check('head', other.sign('head'))).toBe(`it is signed by the key ${other.id}, which is not trusted`);
    expect(check('head', null)).toBe('it is not signed');
    expect(createSignatureCheck([])('head', old.sign('head'))).toContain('not trusted');
  });

  it('is bad with any bit of it flipped, cut, or with something behind it', () => {
    const signer = key();
    const check = createSignatureCheck([signer.publicKey]);
    const good = signer.sign('head');
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = Buffer.from(good);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(check('head', bytes.toString('latin1')), `bit ${bit}`).not.toBeNull();
    }
    for (const altered of [good.slice(0, -1), `${good}A`, `${good}=`, `${good}.`, `${good}.x`, ` ${good}`, '', '.'])
      expect(check('head', altered), altered).not.toBeNull();
  });

  it('is asked of real public keys only', () => {
    const { publicKey } = key();
    for (const text of ['', 'short', `${publicKey}A`, `${publicKey.slice(0, -1)}!`, KNOWN.pem]) {
      expect(publicKeyId(text)).toBeNull();
      expect(() => createSignatureCheck([publicKey, text])).toThrow('Public key 2');
    }
  });
});
