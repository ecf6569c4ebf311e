import { mintSecret, type SecretKind } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { describe, expect, it } from 'vitest';
import { KEY } from '../test-support/native-door.ts';
import { checkOptions, type FlaghoistProviderOptions } from './provider-options.ts';

const RIGHT: FlaghoistProviderOptions = { url: 'https://flags.example.com', key: KEY };
const PUBLIC = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const keyOf = (kind: SecretKind): string => mintSecret(kind, new Uint8Array(40).fill(9), sha256).text;

describe('the options of the provider', () => {
  it('have defaults for everything but url and key', () => {
    expect(checkOptions(RIGHT)).toMatchObject({
      url: 'https://flags.example.com',
      dataDir: null,
      bootstrapFile: null,
      initTimeoutMs: 5_000,
      freshWaitMs: 100,
      staleAfterMs: 2_000,
      flushIntervalMs: 1_000,
    });
  });

  it('may name keys that have to have signed what is used', () => {
    expect(checkOptions(RIGHT).signatures).toBeNull();
    expect(checkOptions({ ...RIGHT, trustedKeys: [PUBLIC] }).signatures?.('head', null)).toBe('it is not signed');
  });

  it('may name authorities and a certificate, for https alone', () => {
    const tls = { ca: 'ca.crt', cert: 'own.crt', key: 'own.key' };
    expect(checkOptions({ ...RIGHT, url: 'https://flags.example.com', tls }).tls).toEqual(tls);
    expect(() => checkOptions({ ...RIGHT, url: 'http://flags.example.com', tls })).toThrow('an https address');
  });

  it('may name a path prefix, with or without a slash at its end', () => {
    for (const url of ['http://localhost:8080/flags', 'http://localhost:8080/flags/'])
      expect(checkOptions({ ...RIGHT, url }).url).toBe('http://localhost:8080/flags');
  });

  it('give each url and key a fingerprint of its own that does not hold the key', () => {
    const other = mintSecret('server', new Uint8Array(40).fill(8), sha256).text;
    const prints = [RIGHT, { ...RIGHT, key: other }, { ...RIGHT, url: 'https://other.example.com' }].map(
      (options) => checkOptions(options).fingerprint,
    );
    expect(new Set(prints).size).toBe(3);
    expect(prints[0]).toMatch(/^[\w-]{43}$/);
  });

  it.each<[string, unknown, string]>([
    ['url', undefined, 'an http or https address'],
    ['url', 'flags.example.com', 'an http or https address'],
    ['url', 'ftp://flags.example.com', 'an http or https address'],
    ['url', 'https://flags.example.com/?a=b', 'without `?`'],
    ['url', 'https://me:secret@flags.example.com', 'without a user name'],
    ['key', undefined, 'a server key'],
    ['key', '', 'a server key'],
    ['key', KEY.slice(0, -1), 'copied whole'],
    ['key', `${KEY.slice(0, -1)}_`, 'copied whole'],
    ['key', keyOf('client'), 'this is a client one'],
    ['key', keyOf('token'), 'this is a token one'],
    ['dataDir', '', 'the path of a folder, or false'],
    ['dataDir', true, 'the path of a folder, or false'],
    ['bootstrapFile', 7, 'the path of a file'],
    ['tls', {}, 'an object with `ca`, or `cert` and `key`'],
    ['tls', 'ca.crt', 'an object with `ca`, or `cert` and `key`'],
    ['tls', { cert: 'own.crt' }, 'an object with `ca`, or `cert` and `key`'],
    ['tls', { ca: 'ca.crt', insecure: true }, 'an object with `ca`, or `cert` and `key`'],
    ['trustedKeys', 'x', 'a list of one or more public keys'],
    ['trustedKeys', [], 'a list of one or more public keys'],
    ['trustedKeys', [PUBLIC, PUBLIC.slice(1)], 'a list of one or more public keys'],
    ['environment', '', 'the id of an environment'],
    ['initTimeoutMs', -1, 'a number of milliseconds from 0'],
    ['initTimeoutMs', Number.NaN, 'a number of milliseconds'],
    ['freshWaitMs', '100', 'a number of milliseconds'],
    ['staleAfterMs', Number.POSITIVE_INFINITY, 'a number of milliseconds'],
    ['flushIntervalMs', 0, 'a number of milliseconds from 50'],
    ['logger', console.log, 'an object with the functions'],
    ['logger', { error: console.error }, 'an object with the functions'],
    ['moment', { now: 0, random: '' }, 'a function that answers a moment'],
    ['initTimeout', 5_000, 'one of url, key'],
  ])('are refused by name: %s = %j', (name, value, needed) => {
    const check = () => checkOptions({ ...RIGHT, [name]: value });
    expect(check).toThrow(TypeError);
    expect(check).toThrow(`\`${name}\` must be`);
    expect(check).toThrow(needed);
  });

  it('are never repeated in an error where they are secret', () => {
    const key = `${KEY.slice(0, -1)}_`;
    try {
      checkOptions({ ...RIGHT, key });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(key.slice(8, 30));
    }
  });
});
