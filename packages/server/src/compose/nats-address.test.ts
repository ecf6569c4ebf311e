import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OperatorError } from '../platform/operator-error.ts';
import { readNatsAddress } from './nats-address.ts';

describe('the address of NATS', () => {
  it('names one server or several, of which the first says scheme and login', () => {
    expect(readNatsAddress({ url: 'nats://localhost' }).servers).toEqual(['nats://localhost']);
    expect(readNatsAddress({ url: 'tls://fh:p%40ss@a:4222, b:4222,c' }).servers).toEqual([
      'tls://fh:p%40ss@a:4222',
      'tls://b:4222',
      'tls://c',
    ]);
    expect(readNatsAddress({ url: 'nats://a,nats://[::1]:4223' }).servers).toEqual(['nats://a', 'nats://[::1]:4223']);
  });

  it.each([
    '',
    'localhost:4222',
    'http://localhost',
    'nats://',
    'nats://a,',
    'nats://a,tls://b',
    'nats://a/path',
    'nats://a?x=1',
    'nats://s3cret@a:x',
  ])('is refused when it is %j, without showing its password', (url) => {
    const read = (): unknown => readNatsAddress({ url });
    expect(read).toThrow(OperatorError);
    expect(read).not.toThrow('s3cret');
  });

  it('takes certificates from files, for TLS alone, and a client certificate with its key', async () => {
    const write = await folder();
    const [ca, other] = [await write('ca.pem', CERTIFICATE), await write('other.pem', 'no certificate')];
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = await write('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const url = 'tls://a';
    expect(readNatsAddress({ url, ca })).toEqual({ servers: [url], tls: { caFile: ca } });
    expect(() => readNatsAddress({ url: 'nats://a', ca })).toThrow('begins with tls://');
    expect(() => readNatsAddress({ url, cert: ca })).toThrow('both its files');
    expect(() => readNatsAddress({ url, ca: `${ca}.none` })).toThrow('cannot be read');
    expect(() => readNatsAddress({ url, ca: other })).toThrow('cannot be used');
    // Of another certificate.
    expect(() => readNatsAddress({ url, cert: ca, key })).toThrow('cannot be used');
  });

  it('takes credentials from a file instead of a user', async () => {
    const write = await folder();
    const seed = `SU${'A'.repeat(56)}`;
    const [creds, none] = [await write('user.creds', `# mine\n${seed}\n`), await write('none', `S3CRET${seed}`)];
    expect(readNatsAddress({ url: 'nats://a', creds })).toEqual({ servers: ['nats://a'], credentialsFile: creds });
    expect(() => readNatsAddress({ url: 'nats://user:word@a', creds })).toThrow('instead of a user');
    expect(() => readNatsAddress({ url: 'nats://a', creds: none })).toThrow('holds no credentials');
    expect(() => readNatsAddress({ url: 'nats://a', creds: none })).not.toThrow('S3CRET');
  });
});

/** Writes files into a folder that goes when the test is over. */
async function folder(): Promise<(name: string, text: string) => Promise<string>> {
  const path = await mkdtemp(join(tmpdir(), 'flaghoist-nats-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return async (name, text) => {
    await writeFile(join(path, name), text);
    return join(path, name);
  };
}

/** Of localhost, by itself, for a hundred years; its key was thrown away. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUa67wFWq/jdWjU/T+iL8w4Warc+MwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE4MDU0OFoYDzIxMjYxMDI5
MTgwNTQ4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATk5GKn8jVWVhFlVfV/GQEViukv7EwWf7H8crSDYMQcR0xfU1gT6Ig3
d1cdPU9whVPUGjHnZ/3CJEJApCyJpsUPo1MwUTAdBgNVHQ4EFgQUHyfoTz5GmfiL
zpPKCO+Av8vRoygwHwYDVR0jBBgwFoAUHyfoTz5GmfiLzpPKCO+Av8vRoygwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBWJBZR4Dc+4SIIk0CTxcVE
PoYX+o5kPl3XIRRbCVUHxAIgffefPLQoVVdLXX8gPoLAY95d80wX0ZLqGFKJAQkV
alk=
-----END CERTIFICATE-----
`;
