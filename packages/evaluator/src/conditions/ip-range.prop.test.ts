import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { inIpRanges, isIpRange, prepareIpRanges } from './ip-range.ts';

const RUNS = { numRuns: 5_000 };

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly text: string;
}

/** Few different groups, so that addresses often lie in ranges and zeros in rows. */
const group = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(0, 1, 0xffff) }, fc.nat(0xffff));

const ipv4: fc.Arbitrary<Address> = fc.tuple(group, group).map(([high, low]) => {
  const parts = [high >> 8, high & 255, low >> 8, low & 255];
  return { bits: 32, value: BigInt(high * 65_536 + low), text: parts.join('.') };
});

/** Written with or without `::`, capitals, leading zeros and an embedded IPv4 address. */
const ipv6: fc.Arbitrary<Address> = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.nat(7), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([groups, from, isShort, isPadded, isEmbedded]) => {
    const value = groups.reduce((sum, one) => sum * 65_536n + BigInt(one), 0n);
    const [g = 0, h = 0] = groups.slice(6);
    const texts = groups.map((one) => (isPadded ? one.toString(16).padStart(4, '0').toUpperCase() : one.toString(16)));
    if (isEmbedded) texts.splice(6, 2, `${g >> 8}.${g & 255}.${h >> 8}.${h & 255}`);
    let zeros = 0;
    while (from + zeros < (isEmbedded ? 6 : 8) && groups[from + zeros] === 0) zeros++;
    const text =
      zeros === 0 || !isShort
        ? texts.join(':')
        : `${texts.slice(0, from).join(':')}::${texts.slice(from + zeros).join(':')}`;
    return { bits: 128, value, text };
  });

const address = fc.oneof(ipv4, ipv6);
const range = address.chain((at) => fc.integer({ min: 0, max: at.bits }).map((prefix) => ({ at, prefix })));

describe('IP ranges', () => {
  it('hold exactly the addresses whose first bits are those of a block of their family', () => {
    fc.assert(
      fc.property(address, fc.array(range, { maxLength: 6 }), (asked, ranges) => {
        const expected = ranges.some(({ at, prefix }) => {
          const host = BigInt(at.bits - prefix);
          return at.bits === asked.bits && at.value >> host === asked.value >> host;
        });
        const prepared = prepareIpRanges(ranges.map(({ at, prefix }) => `${at.text}/${prefix}`));
        return inIpRanges(prepared, asked.text) === expected;
      }),
      RUNS,
    );
  });

  it('are of the addresses that the system’s own parser takes, without zones', () => {
    const damaged = fc
      .tuple(
        address,
        fc.nat(40),
        fc.constantFrom('', ':', '::', '.', '0', 'f', 'g', '1.2.3.4', ' ', '٣', '%1'),
        fc.boolean(),
      )
      .map(([{ text }, at, inserted, replaces]) => text.slice(0, at) + inserted + text.slice(at + (replaces ? 1 : 0)));
    const texts = fc.oneof({ weight: 4, arbitrary: damaged }, fc.string({ unit: 'binary', maxLength: 12 }));
    fc.assert(
      fc.property(texts, (text) => text.includes('/') || isIpRange(text) === (isIP(text) !== 0 && !text.includes('%'))),
      RUNS,
    );
  });
});
