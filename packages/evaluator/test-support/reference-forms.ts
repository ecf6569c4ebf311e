/** How the reference evaluator reads versions, date-times and addresses: with patterns, `Date` and BigInt. */

/** A version by semver.org 2.0.0: its three numbers and the identifiers of its pre-release. */
export interface ReferenceVersion {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly preRelease: readonly string[];
}

/** The pattern that semver.org suggests. */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** Null: not a version. */
export function readVersion(text: string): ReferenceVersion | null {
  if (text.length > 256) return null;
  const match = VERSION.exec(text);
  if (match === null) return null;
  const [, major = '', minor = '', patch = '', preRelease] = match;
  return {
    numbers: [BigInt(major), BigInt(minor), BigInt(patch)],
    preRelease: preRelease === undefined ? [] : preRelease.split('.'),
  };
}

/** As the dialect `flagd` reads a version. Null: not a version. */
export function readLooseVersion(text: string): ReferenceVersion | null {
  const rest = text.replace(/^[vV]/, '');
  const strict = readVersion(rest.trim().replace(/^v/, ''));
  if (strict !== null) return strict;
  const short = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?$/.test(rest);
  return short ? readVersion(rest.includes('.') ? `${rest}.0` : `${rest}.0.0`) : null;
}

/** By section 11 of the standard: negative, zero or positive. */
export function compareVersions(one: ReferenceVersion, other: ReferenceVersion): number {
  for (const [index, number] of one.numbers.entries()) {
    const order = sign(number, other.numbers[index] ?? 0n);
    if (order !== 0) return order;
  }
  if (one.preRelease.length === 0 || other.preRelease.length === 0) {
    return sign(other.preRelease.length, one.preRelease.length);
  }
  for (const [index, identifier] of one.preRelease.entries()) {
    const against = other.preRelease[index];
    if (against === undefined) return 1;
    const order = compareIdentifiers(identifier, against);
    if (order !== 0) return order;
  }
  return sign(one.preRelease.length, other.preRelease.length);
}

function compareIdentifiers(one: string, other: string): number {
  const oneIsNumber = /^\d+$/.test(one);
  const otherIsNumber = /^\d+$/.test(other);
  if (oneIsNumber && otherIsNumber) return sign(BigInt(one), BigInt(other));
  if (oneIsNumber) return -1;
  return otherIsNumber ? 1 : sign(one, other);
}

function sign<T extends bigint | number | string>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

const DATE_TIME =
  /^(?<date>\d{4}-\d\d-\d\d)[Tt](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<digits>\d+))?(?:[Zz]|(?<sign>[+-])(?<offsetHour>\d\d):(?<offsetMinute>\d\d))$/;

/** Milliseconds since 1970 UTC; null: not a date-time. */
export function readDateTime(text: string): number | null {
  const groups = DATE_TIME.exec(text)?.groups;
  if (groups === undefined) return null;
  const { date = '', hour = '', minute = '', second = '', digits = '' } = groups;
  const offset = [groups['offsetHour'] ?? '00', groups['offsetMinute'] ?? '00'].map(Number);
  // JavaScript takes 24 o'clock, and may take the 30th of February for a day in March.
  const midnight = new Date(`${date}T00:00:00.000Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if ((offset[0] ?? 0) > 23 || (offset[1] ?? 0) > 59) return null;
  const local = midnight.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000;
  const east = ((offset[0] ?? 0) * 60 + (offset[1] ?? 0)) * 60_000 * (groups['sign'] === '-' ? -1 : 1);
  return local + Number(digits.padEnd(3, '0').slice(0, 3)) - east;
}

interface Address {
  readonly bits: 32 | 128;
  readonly number: bigint;
}

/** Whether the text is an address that lies in the range; both as texts. */
export function liesInRange(text: string, range: string): boolean {
  const address = readAddress(text);
  const [base = '', length] = range.split('/');
  const first = readAddress(base);
  if (address === null || first === null || address.bits !== first.bits) return false;
  const free = BigInt(first.bits - (length === undefined ? first.bits : Number(length)));
  return address.number >> free === first.number >> free;
}

function readAddress(text: string): Address | null {
  return text.includes(':') ? readLong(text) : readShort(text);
}

function readShort(text: string): Address | null {
  const parts = text.split('.');
  const good = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return good ? { bits: 32, number: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) } : null;
}

function readLong(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const lists = halves.map((half, index) => readGroups(half, index === halves.length - 1));
  const [left, right] = lists;
  if (left == null || right === null) return null;
  const given = left.length + (right?.length ?? 0);
  if (right === undefined ? given !== 8 : given > 7) return null;
  const groups = [...left, ...Array.from({ length: 8 - given }, () => 0n), ...(right ?? [])];
  return { bits: 128, number: groups.reduce((sum, group) => (sum << 16n) | group, 0n) };
}

/** The groups of 16 bits on one side of the `::`; the last two may be written as an IPv4 address. */
function readGroups(half: string, mayEndInFour: boolean): readonly bigint[] | null {
  if (half === '') return [];
  const parts = half.split(':');
  const last = parts.at(-1) ?? '';
  const four = mayEndInFour && last.includes('.') ? readShort(last) : null;
  const plain = four === null ? parts : parts.slice(0, -1);
  if (!plain.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return null;
  const groups = plain.map((part) => BigInt(`0x${part}`));
  return four === null ? groups : [...groups, four.number >> 16n, four.number & 0xffffn];
}
