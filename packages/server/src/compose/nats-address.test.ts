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
    const folder = await mkdtemp(join(tmpdir(), 'flaghoist-nats-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'ca.pem');
    await writeFile(file, 'PEM');
    const url = 'tls://a';
    expect(readNatsAddress({ url, ca: file })).toEqual({ servers: [url], tls: { ca: 'PEM' } });
    expect(readNatsAddress({ url, cert: file, key: file }).tls).toEqual({ cert: 'PEM', key: 'PEM' });
    expect(() => readNatsAddress({ url: 'nats://a', ca: file })).toThrow('begins with tls://');
    expect(() => readNatsAddress({ url, cert: file })).toThrow('both its files');
    expect(() => readNatsAddress({ url, ca: join(folder, 'none') })).toThrow('cannot be read');
  });
});
