import { describe, expect, it } from 'vitest';
import { inIpRanges, isIpRange, prepareIpRanges } from './ip-range.ts';

function isIn(address: string, ...ranges: readonly string[]): boolean {
  return inIpRanges(prepareIpRanges(ranges), address);
}

const NO_RANGES = [
  '',
  ' ',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.',
  '.1.2.3',
  '1..2.3',
  '01.2.3.4',
  '1.2.3.00',
  '256.0.0.1',
  '1.2.3.1000',
  '0x1.2.3.4',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '+1.2.3.4',
  '1e1.2.3.4',
  '１.2.3.4',
  '16909060',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4::5:6:7:8',
  '::1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8::',
  ':1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8:',
  ':1::2',
  '1::2:',
  '1::g',
  '1::12345',
  '1::-1',
  'fe80::1%eth0',
  '[::1]',
  '1.2.3.4::',
  '::1.2.3',
  '::1.2.3.4:5',
  '::1.2.3.04',
  '1:2:3:4:5:6:7:1.2.3.4',
  '1.2.3.4:80',
];

describe('an IP range', () => {
  it('is an address or a block of either family', () => {
    for (const address of ['0.0.0.0', '192.0.2.255', '255.255.255.255']) {
      for (const bits of ['', '/0', '/1', '/9', '/31', '/32'])
        expect(isIpRange(address + bits), address + bits).toBe(true);
    }
    for (const address of [
      '::',
      '::1',
      '1::',
      '2001:DB8::a',
      '1:2:3:4:5:6:7::',
      '::2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7:8',
    ]) {
      for (const bits of ['', '/0', '/33', '/128']) expect(isIpRange(address + bits), address + bits).toBe(true);
    }
    for (const address of [
      '::192.0.2.1',
      '::ffff:192.0.2.1',
      '1:2:3:4:5:6:192.0.2.1',
      '0000:0000:0000:0000:0000:ffff:255.255.255.255',
    ]) {
      expect(isIpRange(address), address).toBe(true);
    }
  });

  it('is nothing else', () => {
    for (const text of NO_RANGES) {
      expect(isIpRange(text), text).toBe(false);
      expect(isIpRange(`${text}/8`), text).toBe(false);
      expect(isIn(text, '0.0.0.0/0', '::/0'), text).toBe(false);
    }
    for (const bits of ['/', '/33', '/08', '/-1', '/+8', '/8 ', '/8/8', '/255.0.0.0', '/1e1', '/1.0', '/x']) {
      expect(isIpRange(`10.0.0.0${bits}`), bits).toBe(false);
    }
    for (const bits of ['/', '/129', '/032', '/1000', '/::']) expect(isIpRange(`2001:db8::${bits}`), bits).toBe(false);
  });

  it('that is one address holds that address, however it is written', () => {
    expect(isIn('192.0.2.1', '192.0.2.1')).toBe(true);
    expect(isIn('192.0.2.2', '192.0.2.1')).toBe(false);
    for (const text of ['2001:db8::1', '2001:0DB8:0:0::1', '2001:db8:0:0:0:0:0:1', '2001:db8::0.0.0.1']) {
      expect(isIn(text, '2001:db8:0::1'), text).toBe(true);
    }
  });

  it('holds its first and last address, whatever its host bits are', () => {
    for (const block of ['10.20.0.0/14', '10.21.34.56/14']) {
      expect(isIn('10.20.0.0', block)).toBe(true);
      expect(isIn('10.23.255.255', block)).toBe(true);
      expect(isIn('10.19.255.255', block)).toBe(false);
      expect(isIn('10.24.0.0', block)).toBe(false);
    }
    for (const block of ['2001:db8:4000::/35', '2001:db8:5fff:ffff::1/35']) {
      expect(isIn('2001:db8:4000::', block)).toBe(true);
      expect(isIn('2001:db8:5fff:ffff:ffff:ffff:ffff:ffff', block)).toBe(true);
      expect(isIn('2001:db8:3fff:ffff:ffff:ffff:ffff:ffff', block)).toBe(false);
      expect(isIn('2001:db8:6000::', block)).toBe(false);
    }
  });

  it('holds no address of the other family, not even a mapped one', () => {
    expect(isIn('::ffff:10.0.0.1', '10.0.0.0/8', '0.0.0.0/0')).toBe(false);
    expect(isIn('::10.0.0.1', '10.0.0.0/8')).toBe(false);
    expect(isIn('10.0.0.1', '::/0', '::ffff:10.0.0.1', '::ffff:0:0/96')).toBe(false);
  });

  it('is no address: an attribute with bits lies in none', () => {
    expect(isIn('10.0.0.0/8', '10.0.0.0/8')).toBe(false);
  });
});

describe('several IP ranges', () => {
  it('hold what any of them holds, in any order, also when they overlap', () => {
    const ranges = ['10.0.0.0/8', '192.0.2.7', '10.1.0.0/16', '2001:db8::/32', '192.0.2.0/29', '10.0.0.0/9', '::1'];
    for (const texts of [ranges, ranges.toReversed()]) {
      for (const address of ['10.0.0.0', '10.255.255.255', '192.0.2.7', '192.0.2.0', '2001:db8:1::', '::1']) {
        expect(isIn(address, ...texts), address).toBe(true);
      }
      for (const address of ['9.255.255.255', '11.0.0.0', '192.0.2.8', '2001:db9::', '::', '::2']) {
        expect(isIn(address, ...texts), address).toBe(false);
      }
    }
  });

  it('leave out what is no range', () => {
    expect(isIn('10.0.0.1', 'intranet', '10.0.0.0/8', '')).toBe(true);
    expect(isIn('10.0.0.1', 'intranet', '')).toBe(false);
    expect(isIn('10.0.0.1')).toBe(false);
  });

  it('are kept without overlaps, so that a lookup is one search', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/23`);
    expect(prepareIpRanges([...many, '10.0.0.0/8', '::1']).firsts).toHaveLength(2);
    expect(prepareIpRanges(['10.0.0.1', '10.0.0.3', '10.0.0.5']).firsts).toHaveLength(3);
  });
});
