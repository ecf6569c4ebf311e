/** How the reference evaluator turns a context into a bucket: in BigInt, over bytes, with Node's SHA-1. */
import { createHash } from 'node:crypto';
import type { Bucketing } from '../src/model.ts';

/** Where a context stands: a whole bucket, or a part of 1 for the algorithm that has no whole ones. */
export type ReferencePlace = { readonly bucket: number } | { readonly part: number };

/** The text that the algorithm hashes for an attribute's value; null: it hashes no such value. */
export function readBucketValue(algorithm: Bucketing['algorithm'], value: unknown): string | null {
  switch (algorithm) {
    case 'murmur3/1':
      return typeof value === 'string' ? value : null;
    case 'sha1-launchdarkly':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value).toString();
      return typeof value === 'string' ? value : null;
    default:
      if ((value === 0 || value === false) && algorithm !== 'murmur3-unleash') return null;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      return typeof value === 'string' && value !== '' ? value : null;
  }
}

/** `own`: the key of the flag or segment, which is the salt where none is named. */
export function placeOf(bucketing: Bucketing, own: string, value: string, precision: number): ReferencePlace {
  const { algorithm, salt = own, seed = 0 } = bucketing;
  switch (algorithm) {
    case 'murmur3/1':
      return { bucket: Number((murmur3(utf8(salt + value), 0n) * BigInt(precision)) >> 32n) };
    case 'murmur3-unleash':
      return { bucket: Number(murmur3(utf8(`${salt}:${value}`), BigInt(seed)) % BigInt(precision)) };
    case 'sha1-launchdarkly':
      return { part: Number(sha1(`${salt}.${value}`) >> 100n) / 2 ** 60 };
    case 'fnv-growthbook/1':
      return { bucket: Number(fnv1a(value + salt) % BigInt(precision)) };
    default:
      return { bucket: Number(fnv1a(fnv1a(salt + value).toString()) % BigInt(precision)) };
  }
}

/** The first 64 bits of SHA-1 over a targeting key, as 16 hexadecimal digits: what chunks hold. */
export function hashKey(key: string): string {
  return (sha1(key) >> 96n).toString(16).padStart(16, '0');
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

function sha1(text: string): bigint {
  return BigInt(`0x${createHash('sha1').update(utf8(text)).digest('hex')}`);
}

/** FNV-1a with 32 bits, as GrowthBook's SDK for JavaScript runs it: over UTF-16 code units. */
function fnv1a(text: string): bigint {
  let hash = 0x811c9dc5n;
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(32, (hash ^ BigInt(text.charCodeAt(index))) * 0x01000193n);
  }
  return hash;
}

/** MurmurHash3, x86, 32 bits. */
function murmur3(bytes: Uint8Array, seed: bigint): bigint {
  let hash = seed;
  const whole = bytes.length - (bytes.length % 4);
  for (let at = 0; at < whole; at += 4) {
    hash = wrap(rotate(hash ^ scramble(littleEndian(bytes.subarray(at, at + 4))), 13n) * 5n + 0xe6546b64n);
  }
  if (whole < bytes.length) hash ^= scramble(littleEndian(bytes.subarray(whole)));
  hash ^= BigInt(bytes.length);
  hash = wrap((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = wrap((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return hash ^ (hash >> 16n);
}

function scramble(block: bigint): bigint {
  return wrap(rotate(wrap(block * 0xcc9e2d51n), 15n) * 0x1b873593n);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

function rotate(number: bigint, bits: bigint): bigint {
  return wrap((number << bits) | (number >> (32n - bits)));
}

function wrap(number: bigint): bigint {
  return BigInt.asUintN(32, number);
}
