import { init, type LDClient, type LDContext } from '@launchdarkly/node-server-sdk';
import { TestData } from '@launchdarkly/node-server-sdk/integrations';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORACLE_KEYS, ORACLE_TIMEOUT_MS, sample, saltedKeys, SEED } from '../../test-support/oracle-keys.ts';
import { pickIndex } from '../buckets/bucket.ts';
import { hashable, launchDarklyShare, prepareBucketer, type ShareBucketer } from '../buckets/bucketing.ts';

const FULL = 100_000;
const keys = saltedKeys();
const data = new TestData();
let client: LDClient;

beforeAll(async () => {
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
  const updateProcessor = data.getFactory();
  client = init('sdk-never-sent', { updateProcessor, sendEvents: false, diagnosticOptOut: true, logger: silent });
  await client.waitForInitialization({ timeout: 10 });
});
afterAll(() => client.close());

interface Rollout {
  readonly weights: readonly number[];
  readonly bucketBy?: string;
  readonly seed?: number;
}

/** A flag that serves the number of the part that holds the context's bucket. */
async function publish(key: string, salt: string, { weights, ...rollout }: Rollout): Promise<void> {
  const variations = weights.map((weight, variation) => ({ variation, weight }));
  await data.usePreconfiguredFlag({
    key,
    version: 1,
    on: true,
    salt,
    variations: weights.map((_, variation) => variation),
    fallthrough: { rollout: { variations, ...rollout } },
  });
}

const part = (flag: string, context: LDContext): Promise<number> => client.variation(flag, context, -1);
const user = (key: string, more: Record<string, unknown> = {}) => ({ kind: 'user', key, ...more });

const bucketer = (salt: string) =>
  prepareBucketer({ algorithm: 'sha1-launchdarkly', salt }, 'none', FULL) as ShareBucketer;

/** The bucket of 100,000, or of 1,000, that a share falls into. */
const place = (salt: string, text: string, of: number) => Math.floor(launchDarklyShare(bucketer(salt), text) * of);

describe(`the LaunchDarkly SDK and sha1-launchdarkly, ${ORACLE_KEYS} keys of seed ${SEED}`, () => {
  it('find the same one of a thousand places', { timeout: ORACLE_TIMEOUT_MS }, async () => {
    const weights = Array.from({ length: 1_000 }, () => 100);
    const ends = weights.map((_, index) => (index + 1) * 100);
    for (const flag of new Set(keys.map(({ salt }) => salt))) await publish(flag, `salt of ${flag}`, { weights });
    for (const { salt, key } of keys) {
      const ours = pickIndex(bucketer(`${salt}.salt of ${salt}`), key, ends);
      expect(await part(salt, user(key)), `${salt}, ${key}`).toBe(ours);
    }
  });

  it('find the same one of a hundred thousand places', { timeout: ORACLE_TIMEOUT_MS }, async () => {
    await publish('fine', 'salt', { weights: Array.from({ length: FULL }, () => 1) });
    const ends = Array.from({ length: FULL }, (_, index) => index + 1);
    const fine = bucketer('fine.salt');
    for (const { key } of keys.slice(0, Math.ceil(keys.length / 20))) {
      expect(await part('fine', user(key)), key).toBe(pickIndex(fine, key, ends));
    }
  });

  it('pick the same part of any weights', { timeout: ORACLE_TIMEOUT_MS }, async () => {
    const cut = fc.oneof(
      fc.nat({ max: FULL }),
      fc.nat({ max: 20 }).map((twentieth) => twentieth * 5_000),
    );
    const lists = sample(fc.array(cut, { maxLength: 12 }), 50).map((cuts) => [...cuts.sort((a, b) => a - b), FULL]);
    for (const [index, ends] of lists.entries()) {
      await publish(`flag-${index}`, 's', { weights: ends.map((end, at) => end - (ends[at - 1] ?? 0)) });
    }
    for (const [index, { key }] of keys.entries()) {
      const at = index % lists.length;
      expect(await part(`flag-${at}`, user(key)), `flag-${at}, ${key}`).toBe(
        pickIndex(bucketer(`flag-${at}.s`), key, lists[at] ?? []),
      );
    }
  });

  it('find the same place with a seed, which stands where key and salt stand', async () => {
    const weights = Array.from({ length: 1_000 }, () => 100);
    for (const seed of [1, 61, 2_147_483_647, ...sample(fc.integer({ min: 1, max: 2_147_483_647 }), 5)]) {
      await publish('seeded', 'salt', { weights, seed });
      for (const { key } of keys.slice(0, 300)) {
        expect(await part('seeded', user(key)), `${seed}, ${key}`).toBe(place(String(seed), key, 1_000));
      }
    }
  });

  it('find the same place for whole numbers and for text outside of ASCII', async () => {
    await publish('by-attribute', 'salt', { weights: Array.from({ length: 1_000 }, () => 100), bucketBy: 'company' });
    const texts = sample(fc.string({ unit: 'binary' }), 2_000);
    const numbers = sample(fc.oneof(fc.integer(), fc.maxSafeInteger()), 2_000);
    for (const value of [...texts, ...numbers, '日本', '😀', '\ud83d', '\ude00a', -0]) {
      const text = hashable('sha1-launchdarkly', value);
      expect(text).not.toBe(null);
      const ours = place('by-attribute.salt', text ?? '', 1_000);
      expect(await part('by-attribute', user('u', { company: value })), String(value)).toBe(ours);
    }
  });

  it('find no bucket for other values: the SDK serves the first part that has a weight', async () => {
    await publish('by-attribute', 'salt', { weights: [0, 0, 1, 99_999], bucketBy: 'company' });
    for (const value of [1.5, true, false, null, ['a'], { a: 'a' }, undefined]) {
      expect(hashable('sha1-launchdarkly', value)).toBe(null);
      expect(await part('by-attribute', user('u', { company: value }))).toBe(2);
    }
  });

  it('disagree on whole numbers above 2^53 - 1, whose decimal text differs between languages', async () => {
    await publish('by-attribute', 'salt', { weights: Array.from({ length: 1_000 }, () => 100), bucketBy: 'company' });
    for (const [value, text] of [
      [2 ** 53, '9007199254740992'],
      [1e21, '1e+21'],
    ] as const) {
      expect(hashable('sha1-launchdarkly', value)).toBe(null);
      expect(await part('by-attribute', user('u', { company: value }))).toBe(place('by-attribute.salt', text, 1_000));
    }
  });

  it('agree on the published check values', async () => {
    const weights = Array.from({ length: 1_000 }, () => 100);
    await publish('hashKey', 'saltyA', { weights });
    expect(await part('hashKey', user('userKeyA'))).toBe(421);
    expect(place('hashKey.saltyA', 'userKeyA', 1_000)).toBe(421);
    await publish('hashKey', 'saltyA', { weights, seed: 61 });
    expect(await part('hashKey', user('userKeyA'))).toBe(98);
    expect(place('61', 'userKeyA', 1_000)).toBe(98);
  });
});
