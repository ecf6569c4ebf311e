import { describe, expect, it } from 'vitest';
import { sha1 } from './sha1.ts';

describe('sha1', () => {
  it('begins as the examples of the standard and of RFC 3174 do', () => {
    expect(sha1('')).toEqual({ high: 0xda39a3ee, low: 0x5e6b4b0d });
    expect(sha1('abc')).toEqual({ high: 0xa9993e36, low: 0x4706816a });
    const twoBlocks = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
    expect(sha1(twoBlocks)).toEqual({ high: 0x84983e44, low: 0x1c3bd26e });
    expect(sha1('a'.repeat(1_000_000))).toEqual({ high: 0x34aa973c, low: 0xd4c4daa4 });
    expect(sha1('01234567'.repeat(80))).toEqual({ high: 0xdea356a2, low: 0xcddd90c7 });
  });

  it('answers the same for a text whatever was hashed before it', () => {
    const first = sha1('abc');
    for (const text of ['', 'x'.repeat(200), '日本', 'abd']) {
      sha1(text);
      expect(sha1('abc')).toEqual(first);
    }
  });
});
