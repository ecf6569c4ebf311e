import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../../test-support/any-text.ts';
import { sha1 } from './sha1.ts';

/** What Node's own SHA-1 says about the bytes of Node's own encoder. */
function expected(text: string): { high: number; low: number } {
  const digest = createHash('sha1').update(Buffer.from(text, 'utf8')).digest();
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) };
}

describe('sha1', () => {
  it('hashes any text like Node’s implementation over the bytes of Node’s encoder', () => {
    const property = fc.property(anyText, (text) => {
      expect(sha1(text)).toEqual(expected(text));
    });
    fc.assert(property, { numRuns: 5_000 });
  });

  it('fills up texts of every length around the ends of blocks', () => {
    const character = fc.constantFrom('a', 'é', '日', '😀', '\ud83d', '\ude00');
    const property = fc.property(fc.integer({ min: 0, max: 260 }), character, anyText, (length, unit, tail) => {
      for (const text of ['x'.repeat(length), unit.repeat(length), 'x'.repeat(length % 67) + unit + tail]) {
        expect(sha1(text)).toEqual(expected(text));
      }
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it.each([55, 56, 57, 63, 64, 65, 119, 120, 121, 127, 128, 129])('hashes a text of %d bytes', (length) => {
    expect(sha1('x'.repeat(length))).toEqual(expected('x'.repeat(length)));
    expect(sha1(`é${'x'.repeat(length - 2)}`)).toEqual(expected(`é${'x'.repeat(length - 2)}`));
    expect(sha1(`${'x'.repeat(length - 4)}😀`)).toEqual(expected(`${'x'.repeat(length - 4)}😀`));
  });
});
