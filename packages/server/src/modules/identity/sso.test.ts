import { describe, expect, it } from 'vitest';
import { createCookies } from './cookies.ts';
import { createInstallationSecret } from './installation-secret.ts';
import { createBegunCookie } from './sso-cookie.ts';
import { destination } from './sso.ts';

const ORIGIN = 'https://flags.example.com';

describe('where a browser goes when it is signed in', () => {
  it.each([
    ['/', `${ORIGIN}/`],
    ['/projects/shop?tab=2#here', `${ORIGIN}/projects/shop?tab=2#here`],
    ['/projects/läden', `${ORIGIN}/projects/l%C3%A4den`],
    [undefined, `${ORIGIN}/`],
  ])('is the path %s of this server', (to, expected) => {
    expect(destination(to, ORIGIN)).toBe(expected);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    'data:text/html,hello',
    'evil.example',
    '@evil.example',
    '.evil.example',
    '',
    `/${'x'.repeat(2_000)}`,
  ])('is not %j', (to) => {
    expect(destination(to, ORIGIN)).toBe(`${ORIGIN}/`);
  });

  it.each(['/.//evil.example', '/a/..//evil.example', '/%2f%2fevil.example', '/%5cevil.example'])(
    'stays here for %s',
    (to) => {
      const target = destination(to, ORIGIN);
      expect([target.startsWith(`${ORIGIN}/`), new URL(target).origin]).toEqual([true, ORIGIN]);
    },
  );
});

describe('the cookie of a sign-in that began', () => {
  const secret = createInstallationSecret('a secret for tests, long enough to be one');
  let clock = 1_000_000;
  const cookie = createBegunCookie({ secret, cookies: createCookies('a key', true), now: () => new Date(clock) });
  const begun = { state: 's', nonce: 'n', verifier: 'v', connectionId: 'one', to: `${ORIGIN}/` };
  const sent = (): string => cookie.set(begun).split(';')[0] ?? '';

  it('is for https, for this host, out of reach of scripts, for ten minutes', () => {
    expect(cookie.set(begun)).toMatch(
      /^__Host-flaghoist-connection=[A-Za-z0-9_-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(cookie.read(`other=1; ${sent()}`, 'one')).toMatchObject(begun);
  });

  it('tells nothing of what it holds', () => {
    const text = Buffer.from(sent().split('=')[1] ?? '', 'base64url').toString('latin1');
    expect(text).not.toContain('flags.example.com');
  });

  it('opens for its connection only, unchanged, in time, and once in a request', () => {
    const value = sent();
    expect(cookie.read(value, 'two')).toBeNull();
    // Not the last character: of that one some bits say nothing.
    const changed = value.replace(/.(?=.{9}$)/, (one) => (one === 'A' ? 'B' : 'A'));
    expect(cookie.read(changed, 'one')).toBeNull();
    expect(cookie.read(`${value}; ${value}`, 'one')).toBeNull();
    expect(cookie.read(undefined, 'one')).toBeNull();
    expect(cookie.read('__Host-flaghoist-connection=', 'one')).toBeNull();
    clock += 599_999;
    expect(cookie.read(value, 'one')).not.toBeNull();
    clock += 1;
    expect(cookie.read(value, 'one')).toBeNull();
  });
});
