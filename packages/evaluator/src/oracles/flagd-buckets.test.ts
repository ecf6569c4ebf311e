import { FlagdCore } from '@openfeature/flagd-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ORACLE_KEYS, ORACLE_TIMEOUT_MS, sample, saltedKeys, SEED } from '../../test-support/oracle-keys.ts';
import { type BucketBucketer, bucketOf, prepareBucketer } from '../buckets/bucketing.ts';
import { pickIndex } from '../buckets/bucket.ts';

const PLACES = 1_000;

/** A flag that serves the number of the part that holds the context's bucket. */
function split(weights: readonly number[], bucketBy: readonly unknown[] = []) {
  const variants = Object.fromEntries(weights.map((_, place) => [`v${place}`, place]));
  const parts = weights.map((weight, place) => [`v${place}`, weight]);
  return { state: 'ENABLED', variants, defaultVariant: 'v0', targeting: { fractional: [...bucketBy, ...parts] } };
}

function load(flags: Record<string, unknown>): FlagdCore {
  const core = new FlagdCore();
  core.setConfigurations(JSON.stringify({ flags }));
  return core;
}

/** The part that a flag of flagd serves; its bucketing text is the flag's key and then the targeting key. */
function servedPart(core: FlagdCore, flag: string, targetingKey: string): number {
  const { value, reason } = core.resolveNumberEvaluation(flag, -1, { targetingKey });
  expect(reason, `${flag}, ${targetingKey}`).toBe('TARGETING_MATCH');
  return value;
}

const bucketer = (salt: string, total: number) =>
  prepareBucketer({ algorithm: 'murmur3/1' }, salt, total) as BucketBucketer;
const equal = Array.from({ length: PLACES }, () => 1);

describe(`flagd-core and murmur3/1, ${ORACLE_KEYS} keys of seed ${SEED}`, () => {
  it('find the same one of a thousand places', { timeout: ORACLE_TIMEOUT_MS }, () => {
    const keys = saltedKeys();
    const flags = new Set(keys.map(({ salt }) => salt));
    const core = load(Object.fromEntries([...flags].map((flag) => [flag, split(equal)])));
    const bucketers = new Map([...flags].map((flag) => [flag, bucketer(flag, PLACES)]));
    for (const { salt, key } of keys) {
      const ours = bucketOf(bucketers.get(salt) ?? bucketer(salt, PLACES), key);
      expect(servedPart(core, salt, key), `${salt}, ${key}`).toBe(ours);
    }
  });

  it('pick the same part of any weights', { timeout: ORACLE_TIMEOUT_MS }, () => {
    const weight = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 20_000_000 }));
    const lists = sample(fc.array(weight, { minLength: 2, maxLength: 60 }), 50).filter((list) => Math.max(...list) > 0);
    const core = load(Object.fromEntries(lists.map((weights, index) => [`flag-${index}`, split(weights)])));
    const ours = lists.map((weights, index) => {
      let end = 0;
      const ends = weights.map((one) => (end += one));
      return { ends, bucketer: bucketer(`flag-${index}`, end) };
    });
    for (const [index, { key }] of saltedKeys().entries()) {
      const at = index % lists.length;
      const one = ours[at];
      if (one === undefined) continue;
      expect(servedPart(core, `flag-${at}`, key), `flag-${at}, ${key}`).toBe(pickIndex(one.bucketer, key, one.ends));
    }
  });

  it('disagree outside of ASCII: flagd-core hashes UTF-16 units, flagd itself and we UTF-8', () => {
    const core = load({ flag: split(equal, [{ var: 'targetingKey' }]) });
    const theirs = (hash: number) => Math.floor((hash * PLACES) / 2 ** 32);
    expect(bucketOf(bucketer('', PLACES), '日本')).toBe(theirs(3_302_619_458));
    expect(servedPart(core, 'flag', '日本')).toBe(theirs(1_493_317_348));
    expect(theirs(1_493_317_348)).not.toBe(theirs(3_302_619_458));
  });
});
