import { describe, expect, it } from 'vitest';
import { acceptTotp, base32, totpCode, totpStep, totpUri } from './totp.ts';

/** The secret of RFC 6238, appendix B. */
const SECRET = Buffer.from('12345678901234567890');

describe('a time-based code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i is that of RFC 6238', (second, code) => {
    expect(totpCode(SECRET, totpStep(new Date(second * 1_000)))).toBe(code);
  });

  it('is accepted one step early or late, and never one that is not newer than the last', () => {
    const now = new Date(1_234_567_890_000);
    const step = totpStep(now);
    for (const near of [step - 1, step, step + 1])
      expect(acceptTotp(SECRET, totpCode(SECRET, near), now, 0)).toBe(near);
    for (const far of [step - 2, step + 2]) expect(acceptTotp(SECRET, totpCode(SECRET, far), now, 0)).toBeNull();
    expect(acceptTotp(SECRET, totpCode(SECRET, step), now, step)).toBeNull();
    expect(acceptTotp(SECRET, totpCode(SECRET, step), now, step + 1)).toBeNull();
    expect(acceptTotp(SECRET, totpCode(SECRET, step + 1), now, step)).toBe(step + 1);
    for (const odd of ['', '12345', '1234567', 'abcdef']) expect(acceptTotp(SECRET, odd, now, 0)).toBeNull();
  });
});

describe('a secret for an authenticator app', () => {
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j is written in base 32 as RFC 4648 says', (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });

  it('is told to the app with the account it is for', () => {
    expect(totpUri(SECRET, 'ada+x@shop.example')).toBe(
      `otpauth://totp/Flaghoist:ada%2Bx%40shop.example?secret=${base32(SECRET)}&issuer=Flaghoist&algorithm=SHA1&digits=6&period=30`,
    );
  });
});
