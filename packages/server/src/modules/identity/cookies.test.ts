import { describe, expect, it } from 'vitest';
import { createCookies } from './cookies.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz012345';
const plain = createCookies('a key', false);
const secure = createCookies('a key', true);

function signed(): string {
  return plain.set(plain.session, TOKEN, 60).split(';')[0]?.slice('flaghoist='.length) ?? '';
}

describe('a session cookie', () => {
  it('is out of the reach of scripts, other sites and, over https, neighbours', () => {
    expect(plain.set(plain.session, TOKEN, 60)).toMatch(
      /^flaghoist=[^;]+; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(secure.set(secure.session, TOKEN, 60)).toMatch(
      /^__Host-flaghoist=[^;]+; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(secure.clear(secure.session)).toBe('__Host-flaghoist=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure');
  });

  it('is read as it was set', () => {
    expect(plain.read(`a=b; flaghoist=${signed()}; c=d`, 'flaghoist')).toBe(signed());
    expect(plain.tokenOf(signed())).toBe(TOKEN);
  });

  it('is nothing when it is not there once as a plain signed text', () => {
    for (const header of [
      undefined,
      '',
      'flaghoist',
      'flaghoist=',
      `xflaghoist=${signed()}`,
      `flaghoist=${signed()}; flaghoist=x`,
    ])
      expect(plain.read(header, 'flaghoist')).toBeNull();
    for (const value of [
      'j:{"token":"x"}',
      'j%3A%7B%7D',
      TOKEN,
      `"${signed()}"`,
      `${signed()}%00`,
      '[object Object]',
      '__proto__',
    ])
      expect(plain.read(`flaghoist=${value}`, 'flaghoist'), value).toBeNull();
  });

  it('has a token only when we signed it', () => {
    const another = createCookies('another key', false);
    expect(another.tokenOf(signed())).toBeNull();
    expect(plain.tokenOf(signed().replace(/^a/, 'b'))).toBeNull();
    expect(plain.tokenOf('')).toBeNull();
  });
});
