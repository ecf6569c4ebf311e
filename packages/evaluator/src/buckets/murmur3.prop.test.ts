import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { anyText } from '../../test-support/any-text.ts';
import { murmur3, murmur3Of, prepareSalt } from './murmur3.ts';

const RUNS = { numRuns: 5_000 };

/** MurmurHash3 x86 32 over the bytes that Node's own encoder makes of the text, in big integers. */
function reference(text: string, seed = 0): number {
  const bytes = Buffer.from(text, 'utf8');
  const mask = 0xffffffffn;
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & mask;
  const scramble = (k: bigint) => (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  const whole = bytes.length - (bytes.length % 4);
  let hash = BigInt(seed);
  for (let index = 0; index < whole; index += 4) {
    hash = (rotate(hash ^ scramble(BigInt(bytes.readUInt32LE(index))), 13n) * 5n + 0xe6546b64n) & mask;
  }
  if (whole < bytes.length) hash ^= scramble(BigInt(bytes.readUIntLE(whole, bytes.length - whole)));
  hash ^= BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(hash ^ (hash >> 16n));
}

describe('murmur3', () => {
  it('hashes any text like a byte-wise implementation over the bytes of Node’s encoder', () => {
    fc.assert(
      fc.property(anyText, (text) => murmur3(text) === reference(text)),
      RUNS,
    );
  });

  it('hashes a value after a prepared salt like their concatenation', () => {
    fc.assert(
      fc.property(anyText, anyText, (salt, value) => murmur3Of(prepareSalt(salt), value) === reference(salt + value)),
      RUNS,
    );
  });

  it('hashes with any seed like the byte-wise implementation', () => {
    const seed = fc.integer({ min: 0, max: 0xffffffff });
    const property = fc.property(
      anyText,
      anyText,
      seed,
      (salt, value, number) => murmur3Of(prepareSalt(salt, number), value) === reference(salt + value, number),
    );
    fc.assert(property, RUNS);
  });
});
