import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { murmur3, murmur3Of, prepareSalt } from './murmur3.ts';
import { bucketOf } from './rollout.ts';

const RUNS = { numRuns: 5_000 };

/** MurmurHash3 x86 32 over the bytes that Node's own encoder makes of the text, in big integers. */
function reference(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const mask = 0xffffffffn;
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & mask;
  const scramble = (k: bigint) => (rotate((k * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0n;
  for (let index = 0; index < whole; index += 4) {
    hash = (rotate(hash ^ scramble(BigInt(bytes.readUInt32LE(index))), 13n) * 5n + 0xe6546b64n) & mask;
  }
  if (whole < bytes.length) hash ^= scramble(BigInt(bytes.readUIntLE(whole, bytes.length - whole)));
  hash ^= BigInt(bytes.length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(hash ^ (hash >> 16n));
}

/** Any UTF-16, lone surrogates included, with runs of ASCII between. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.integer({ min: 0xd7f0, max: 0xe00f }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('é', '日本', '😀', '\u0000', '\u007f\u0080', '\u07ff\u0800', '\uffff'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

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
});

describe('bucketOf', () => {
  it('is the exact quotient for every hash and total', () => {
    const hash = fc.integer({ min: 0, max: 0xffffffff });
    const total = fc.integer({ min: 1, max: 2_147_483_647 });
    fc.assert(
      fc.property(hash, total, (h, t) => BigInt(bucketOf(h, t)) === (BigInt(h) * BigInt(t)) >> 32n),
      RUNS,
    );
  });
});
