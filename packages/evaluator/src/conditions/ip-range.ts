/**
 * IP addresses and CIDR blocks.
 *
 * An address is held as a text of 16-bit code units: how many groups its family has (IPv4: 2, IPv6: 8), then the groups.
 * So texts order as addresses do, and an address of one family never lies in a range of the other.
 */

/** Ranges that do not overlap, in ascending order: however many there are, a lookup is one binary search. */
export interface IpRanges {
  readonly firsts: readonly string[];
  readonly lasts: readonly string[];
}

interface IpRange {
  readonly first: string;
  readonly last: string;
}

const IPV6_GROUPS = 8;
const GROUP_BITS = 16;
const GROUP_MASK = 0xffff;
/** `0000:0000:0000:0000:0000:ffff:255.255.255.255`. */
const LONGEST_ADDRESS = 45;

const DECIMAL = /^(?:0|[1-9][0-9]{0,2})$/;
const HEXADECIMAL = /^[0-9A-Fa-f]{1,4}$/;

/**
 * Whether the text is an address, or an address, a slash and how many of its first bits make the block (host bits may be
 * set). IPv4: four decimal numbers without leading zeros. IPv6: every form of RFC 4291, section 2.2; no zone.
 */
export function isIpRange(text: string): boolean {
  return parseIpRange(text) !== null;
}

/** The union of addresses and blocks. A text that is neither (see `isIpRange`) adds nothing. */
export function prepareIpRanges(texts: readonly string[]): IpRanges {
  const ranges = texts.map(parseIpRange).filter((range) => range !== null);
  ranges.sort((one, other) => (one.first < other.first ? -1 : 1));
  const firsts: string[] = [];
  const lasts: string[] = [];
  for (const { first, last } of ranges) {
    const end = lasts.at(-1);
    if (end === undefined || first > end) {
      firsts.push(first);
      lasts.push(last);
    } else if (last > end) {
      lasts[lasts.length - 1] = last;
    }
  }
  return { firsts, lasts };
}

/** Whether an address lies in one of the ranges. A text that is no address lies in none. */
export function inIpRanges({ firsts, lasts }: IpRanges, text: string): boolean {
  const groups = parseAddress(text);
  if (groups === null) return false;
  const address = toOrdered(groups);
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((firsts[middle] ?? '') <= address) low = middle + 1;
    else high = middle;
  }
  // Texts are never below the empty one: before the first range there is no last address to compare with.
  return address <= (lasts[low - 1] ?? '');
}

function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf('/');
  const groups = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (groups === null) return null;
  const most = groups.length * GROUP_BITS;
  const bits = slash < 0 ? most : parseDecimal(text.slice(slash + 1), most);
  if (bits === null) return null;
  const hostMasks = groups.map(
    (_, index) => GROUP_MASK >> Math.min(GROUP_BITS, Math.max(0, bits - index * GROUP_BITS)),
  );
  return {
    first: toOrdered(groups.map((group, index) => group & ~(hostMasks[index] ?? 0))),
    last: toOrdered(groups.map((group, index) => group | (hostMasks[index] ?? 0))),
  };
}

function toOrdered(groups: readonly number[]): string {
  return String.fromCharCode(groups.length, ...groups);
}

/** The 16-bit groups of an address, null when the text is none. */
function parseAddress(text: string): readonly number[] | null {
  if (text.length > LONGEST_ADDRESS) return null;
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): readonly number[] | null {
  const [a, b, c, d, ...more] = text.split('.').map((part) => parseDecimal(part, 255) ?? Number.NaN);
  if (a === undefined || b === undefined || c === undefined || d === undefined || more.length > 0) return null;
  return Number.isNaN(a + b + c + d) ? null : [a * 256 + b, c * 256 + d];
}

/** Before and after `::`, which stands for one group of zeros or more. */
function parseIpv6(text: string): readonly number[] | null {
  const [before = '', after, ...more] = text.split('::');
  const head = parseGroups(before, after === undefined);
  if (after === undefined) return head?.length === IPV6_GROUPS ? head : null;
  const tail = parseGroups(after, true);
  if (head === null || tail === null || more.length > 0) return null;
  const zeros = IPV6_GROUPS - head.length - tail.length;
  return zeros < 1 ? null : [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
}

/** Groups between colons; the last ones of an address may be written as an IPv4 address. */
function parseGroups(text: string, endsAddress: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const ipv4 = endsAddress && index === parts.length - 1 ? parseIpv4(part) : null;
    if (ipv4 !== null) groups.push(...ipv4);
    else if (HEXADECIMAL.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function parseDecimal(text: string, most: number): number | null {
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return number <= most ? number : null;
}
