import { EventEmitter } from 'node:events';
import { Unleash, type UnleashConfig, UnleashEvents } from 'unleash-client';
import { afterAll, describe, expect, it } from 'vitest';
import { ORACLE_KEYS, ORACLE_TIMEOUT_MS, saltedKeys, SEED } from '../../test-support/oracle-keys.ts';
import { type BucketBucketer, bucketOf, prepareBucketer } from '../buckets/bucketing.ts';

type Repository = NonNullable<UnleashConfig['repository']>;
type Feature = NonNullable<ReturnType<Repository['getToggle']>>;

const VARIANT_SEED = 86_028_157;
const PLACES = Array.from({ length: 1_000 }, (_, place) => ({
  name: `place-${place}`,
  weight: 1,
  weightType: 'variable',
  stickiness: 'default',
  payload: { type: 'string', value: '' },
}));

/** Every feature there could be: `<group>/<percentage>` is a gradual rollout, with a thousand variants of one place each. */
class Features extends EventEmitter implements Repository {
  getToggle(name: string): Feature {
    const cut = name.lastIndexOf('/');
    const groupId = name.slice(0, cut);
    const parameters = { rollout: name.slice(cut + 1), groupId, stickiness: 'default' };
    const strategy = { name: 'flexibleRollout', parameters, constraints: [], variants: PLACES };
    return { name, enabled: true, strategies: [strategy] } as unknown as Feature;
  }
  getToggles = () => [];
  getTogglesWithSegmentData = () => [];
  getSegment = () => undefined;
  stop = () => {};
  start = async () => {};
}

const repository = new Features();
const unleash = new Unleash({
  appName: 'oracle',
  url: 'http://localhost/never-called',
  repository,
  disableMetrics: true,
  disableAutoStart: true,
});
// Nothing is loaded from anywhere: the SDK only waits to be told that the features are there.
repository.emit(UnleashEvents.Ready);
afterAll(() => unleash.destroy());

const bucket = (salt: string, key: string, seed: number, total: number) =>
  bucketOf(prepareBucketer({ algorithm: 'murmur3-unleash', salt, seed }, 'none', total) as BucketBucketer, key);

/** The smallest rollout, in per cent, that the SDK lets a user into. */
function firstPercentage(group: string, userId: string): number {
  let below = 0;
  let reached = 100;
  while (reached - below > 1) {
    const middle = (below + reached) >> 1;
    if (unleash.isEnabled(`${group}/${middle}`, { userId })) reached = middle;
    else below = middle;
  }
  return reached;
}

const place = (group: string, userId: string) => unleash.getVariant(`${group}/100`, { userId }).name;

describe(`unleash-client and murmur3-unleash, ${ORACLE_KEYS} keys of seed ${SEED}`, () => {
  it('let the same users into every rollout', { timeout: ORACLE_TIMEOUT_MS }, () => {
    for (const { salt, key } of saltedKeys()) {
      const first = bucket(salt, key, 0, 100) + 1;
      expect(unleash.isEnabled(`${salt}/${first}`, { userId: key }), `${salt}:${key}`).toBe(true);
      expect(unleash.isEnabled(`${salt}/${first - 1}`, { userId: key }), `${salt}:${key}`).toBe(false);
    }
  });

  it('choose the same one of a thousand variants', { timeout: ORACLE_TIMEOUT_MS }, () => {
    for (const { salt, key } of saltedKeys()) {
      expect(place(salt, key), `${salt}:${key}`).toBe(`place-${bucket(salt, key, VARIANT_SEED, 1_000)}`);
    }
  });

  it('agree on the published check values', () => {
    expect([firstPercentage('gr1', '123'), place('gr1', '123')]).toEqual([73, 'place-795']);
    expect([firstPercentage('groupX', '999'), place('groupX', '999')]).toEqual([25, 'place-259']);
  });

  it('disagree outside of ASCII: the SDK hashes the low byte of each UTF-16 unit, other Unleash SDKs and we UTF-8', () => {
    expect(firstPercentage('gr1', 'ünïcode')).toBe(32);
    expect(bucket('gr1', 'ünïcode', 0, 100) + 1).toBe(24);
    // The low bytes of these units are "ABC".
    expect(firstPercentage('gr1', 'ŁłŃ')).toBe(bucket('gr1', 'ABC', 0, 100) + 1);
    expect(place('gr1', 'ŁłŃ')).toBe(`place-${bucket('gr1', 'ABC', VARIANT_SEED, 1_000)}`);
    expect(firstPercentage('gr1', 'ŁłŃ')).not.toBe(bucket('gr1', 'ŁłŃ', 0, 100) + 1);
  });
});
