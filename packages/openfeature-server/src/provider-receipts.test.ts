import { hostname } from 'node:os';
import type { FollowingReceipt } from '@flaghoist/protocol/exposures';
import { flag } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { Scene } from '../test-support/scene.ts';
import { until } from '../test-support/until.ts';
import { SDK } from './session.ts';

const scene = Scene.forEachTest();

const following = (): readonly FollowingReceipt[] =>
  scene.door.receipts.filter((one): one is FollowingReceipt => one.state === 'following');

describe('receipts', () => {
  it('say who follows and what it began with, then each revision that it applied, then goodbye', async () => {
    const provider = scene.provider();
    const { client } = await scene.client(provider);
    // It may tell what it holds before the stream has confirmed it: then its age is null, and a receipt follows.
    await until('a receipt of one that knows', () => following().some(({ ageMs }) => ageMs !== null));
    expect(following().find(({ ageMs }) => ageMs !== null)).toMatchObject({
      sdk: SDK,
      host: `${hostname()}/${process.pid}`,
      place: [1, 1],
      applied: [],
      ageMs: 0,
      problem: null,
    });
    scene.door.publish([flag('checkout', 'on')]);
    await until('the receipt of revision 2', () => following().some(({ place }) => place?.[1] === 2));
    expect(await client.getBooleanValue('checkout', false)).toBe(true);
    const applied = following().flatMap((one) => one.applied);
    expect(applied.map(([epoch, revision]) => [epoch, revision])).toEqual([[1, 2]]);
    expect(applied[0]?.[2]).toBeLessThan(60_000);
    await provider.onClose();
    expect(scene.door.receipts.at(-1)).toEqual({ instance: following()[0]?.instance, state: 'closed' });
    expect(new Set(scene.door.receipts.map(({ instance }) => instance)).size).toBe(1);
  });

  it('say why a ruleset is not applied, while the last good one answers', async () => {
    const { client } = await scene.client(scene.provider());
    await until('the first receipt', () => following().length > 0);
    scene.door.publish([{ kind: 'flag', key: 'checkout', json: '{"key":"checkout"}' }]);
    await until('the problem', () => following().some(({ problem }) => problem !== null));
    const told = following().find(({ problem }) => problem !== null);
    expect(told).toMatchObject({ place: [1, 1], problem: expect.stringContaining('checkout') });
    expect(await client.getBooleanValue('checkout', true)).toBe(false);
  });
});
