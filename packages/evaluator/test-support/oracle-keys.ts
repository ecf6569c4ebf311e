/**
 * Random keys on which our buckets are compared with a vendor's SDK.
 *
 * `ORACLE_KEYS=100000 SEED=7 npx vitest run packages/evaluator/src/oracles` runs more keys, or those of a failed run: its
 * seed stands in the name of every suite.
 */
import * as fc from 'fast-check';

export const ORACLE_KEYS = readNumber('ORACLE_KEYS', 5_000);
export const SEED = readNumber('SEED', Math.floor(Math.random() * 0x7fffffff));

/** Milliseconds for one comparison: a hundred thousand keys take many times what five thousand do. */
export const ORACLE_TIMEOUT_MS = 10_000 + ORACLE_KEYS * 2;

export interface SaltedKey {
  readonly salt: string;
  readonly key: string;
}

/** Printable ASCII, not empty, among it ids as applications have them. */
const asciiKey = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
  fc.uuid(),
  fc.nat().map((id) => `user-${id}`),
  fc.nat().map(String),
);

/** `ORACLE_KEYS` keys, each under one of twenty salts that are keys of flags by our rules. */
export function saltedKeys(): readonly SaltedKey[] {
  const salts = sample(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/), 20);
  return sample(asciiKey, ORACLE_KEYS).map((key, index) => ({ salt: salts[index % salts.length] ?? '', key }));
}

/** As many as asked for, the same for the same seed. */
export function sample<T>(values: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(values, { seed: SEED, numRuns: count });
}

function readNumber(name: string, otherwise: number): number {
  const number = Number(process.env[name] ?? otherwise);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`${name} is not a whole number: ${process.env[name]}`);
}
