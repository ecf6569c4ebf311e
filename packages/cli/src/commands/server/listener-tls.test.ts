import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readListenerTls } from './listener-tls.ts';

const settings = { tlsCert: undefined, tlsKey: undefined, tlsClientCa: undefined };

it('listens with TLS when certificate and key are named, and asks for both', () => {
  expect(readListenerTls(settings)).toBeUndefined();
  const both = { ...settings, tlsCert: 'a.crt', tlsKey: 'a.key' };
  expect(readListenerTls(both)).toEqual({ cert: resolve('a.crt'), key: resolve('a.key') });
  expect(readListenerTls({ ...both, tlsClientCa: 'ca.crt' })?.clientCa).toBe(resolve('ca.crt'));
  for (const part of [{ tlsCert: 'a.crt' }, { tlsKey: 'a.key' }, { tlsClientCa: 'ca.crt' }])
    expect(() => readListenerTls({ ...settings, ...part })).toThrow(/give both files, --tls-cert and --tls-key/);
});
