import { flag, PublishedEnvironment } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { DOWN, INITIAL, scene, stored, storeWith } from '../test-support/follower-scene.ts';
import { MemoryStore } from '../test-support/memory-store.ts';
import { snapshot } from '../test-support/simulated-server.ts';
import { placeOf } from './place.ts';

const before = new PublishedEnvironment();
before.publish(INITIAL);
const BEFORE = await stored(before);

describe('a follower with files', () => {
  it('answers from the saved ruleset at once and goes straight to the stream', async () => {
    const store = storeWith(BEFORE);
    const { follower, heard, server, start, variant } = scene({ store });
    server.environment.publish([flag('checkout', 'on')]);
    await follower.start();
    expect([heard(), variant('checkout')]).toEqual([['ready'], 'off']);
    await start();
    expect(server.requests.map(({ what }) => what)).toEqual(['connect 1.1']);
    expect([heard(), variant('checkout')]).toEqual([['changed checkout', 'fresh'], 'on']);
  });

  it('is stale as soon as the first connection fails, and goes on answering from the file', async () => {
    const store = storeWith(BEFORE);
    const { heard, server, start, variant } = scene({ store });
    server.failure = DOWN;
    await start();
    expect(heard()).toEqual(['ready', '!unreachable', 'stale']);
    expect(variant('for-beta', 'ann')).toBe('on');
  });

  it.each([
    ['torn', BEFORE.slice(0, -10)],
    ['empty', ''],
    ['something else', 'hello\nworld\n'],
  ])('reports a saved ruleset that is %s, and fetches', async (_, text) => {
    const { heard, requests, start } = scene({ store: storeWith(text) });
    await start();
    expect(heard()).toEqual(['!file', 'ready', 'fresh']);
    expect(requests()).toEqual(['fetch', 'connect']);
  });

  it('uses the bootstrap file when nothing usable was saved, and replaces it by what the server says', async () => {
    const elsewhere = new PublishedEnvironment('env_staging');
    elsewhere.publish([flag('checkout', 'on'), flag('only-there', 'on')]);
    const { follower, heard, start, variant } = scene({ bootstrap: () => Promise.resolve(snapshot(elsewhere)) });
    await follower.start();
    expect([heard(), variant('checkout')]).toEqual([['ready'], 'on']);
    await start();
    expect(heard()).toEqual(['!order', 'changed checkout for-beta only-there', 'fresh']);
    expect([variant('checkout'), follower.ruleset.head?.environment]).toEqual(['off', 'env_1']);
  });

  it('never lets another environment replace what the server has confirmed', async () => {
    const { clock, heard, server, start, variant } = scene();
    await start();
    heard();
    server.environment = new PublishedEnvironment('env_2');
    server.environment.publish([flag('checkout', 'on')]);
    server.beat();
    await clock.advanceAsync(60_000);
    expect([heard()[0], variant('checkout')]).toEqual(['!order', 'off']);
  });

  it('keeps what a file gave when what another environment would replace it with is refused', async () => {
    const { server, follower, start, variant, heard } = scene({ store: storeWith(BEFORE) });
    server.environment = new PublishedEnvironment('env_2');
    server.environment.publish([flag('checkout', 'on')]);
    server.tamper = (text) => text.replaceAll('"default"', '"defalut"');
    await start();
    expect(heard()).toContain('!ruleset');
    expect([follower.ruleset.head?.environment, variant('checkout')]).toEqual(['env_1', 'off']);
  });

  it('saves what it applies: the first ruleset at once, later ones together', async () => {
    const { clock, store, server, start } = scene();
    await start();
    const { saves } = store;
    expect(saves).toEqual([BEFORE.replace(/^.*\n/, (header) => saves[0]?.slice(0, header.length + 6) ?? '')]);
    expect(saves[0]).toContain('"savedAt":1000005}');
    server.publish([flag('checkout', 'on')]);
    server.publish([flag('new', 'on')]);
    await clock.advanceAsync(2_000);
    expect(saves).toHaveLength(2);
    expect(saves[1]?.split('\n').slice(1, 2)).toEqual([server.environment.headText]);
  });

  it('goes on without a file when reading and writing fail, and reports it', async () => {
    const store = new MemoryStore();
    store.unreadable = new Error('EACCES');
    store.failure = new Error('ENOSPC');
    const { heard, start, variant } = scene({ store });
    await start();
    // It could not be read; not marked; not saved.
    expect(heard()).toEqual(['!file', '!file', 'ready', '!file', 'fresh']);
    expect(variant('checkout')).toBe('off');
  });

  it('does not apply what is quarantined, from disk or wire, and asks with waits until a newer revision comes', async () => {
    const store = storeWith(BEFORE);
    store.older = BEFORE;
    const bad = new PublishedEnvironment();
    bad.publish(INITIAL);
    bad.publish([flag('checkout', 'on')]);
    store.newer = await stored(bad);
    store.left.push(JSON.stringify({ ...placeOf(bad.head, bad.headHash), unclean: 1 }));
    const { clock, follower, heard, server, start, variant } = scene({ store });
    server.environment = bad;
    await start();
    expect([follower.ruleset.head?.revision, variant('checkout')]).toEqual([1, 'off']);
    server.requests.length = 0;
    await clock.advanceAsync(300_000);
    expect(follower.ruleset.head?.revision).toBe(1);
    expect(server.requests.length).toBeGreaterThan(5);
    expect(server.requests.length).toBeLessThan(40);
    expect(heard()).toContain('!ruleset');
    server.publish([flag('checkout', 'on'), flag('new', 'on')]);
    await clock.advanceAsync(31_000);
    expect([follower.ruleset.head?.revision, follower.freshness]).toEqual([3, 'fresh']);
    await clock.advanceAsync(11_000);
    expect(store.quarantine).toBeNull();
  });
});
