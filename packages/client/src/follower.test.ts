import { flag, gone, PublishedEnvironment, segment } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { DOWN, INITIAL, scene } from '../test-support/follower-scene.ts';
import { headEvent, patchEvent } from '../test-support/simulated-server.ts';

describe('a follower', () => {
  it('fetches a snapshot, says that it is ready, streams and is fresh', async () => {
    const { follower, heard, requests, start, variant } = scene();
    await start();
    expect(requests()).toEqual(['fetch', 'connect']);
    expect(heard()).toEqual(['ready', 'fresh']);
    expect([follower.state, follower.freshness, variant('checkout')]).toEqual(['streaming', 'fresh', 'off']);
  });

  it('applies patches as they come and names the flags that may answer differently', async () => {
    const { heard, requests, server, start, variant } = scene();
    await start();
    heard();
    requests();
    server.publish([flag('checkout', 'on')]);
    expect(variant('checkout')).toBe('on');
    server.publish([segment('beta', ['ann', 'bob'])]);
    expect(variant('for-beta')).toBe('on');
    server.publish([gone('flag', 'checkout')]);
    expect(heard()).toEqual(['changed checkout', 'changed for-beta', 'changed checkout']);
    expect(requests()).toEqual([]);
  });

  it('resumes a stream that was cut within 200 ms, with the patches it missed, and was never stale', async () => {
    const { clock, heard, requests, server, start, variant } = scene();
    await start();
    heard();
    server.requests.length = 0;
    server.cut();
    server.environment.publish([flag('checkout', 'on')]);
    await clock.advanceAsync(210);
    expect(variant('checkout')).toBe('on');
    expect(server.requests.map(({ what }) => what)).toEqual(['connect 1.1']);
    expect(heard()).toEqual(['!ended', 'changed checkout', 'fresh']);
    expect(requests()).toEqual(['connect']);
  });

  it('goes on answering while the server is away, says once that it is stale, and recovers by itself', async () => {
    const { clock, heard, server, start, variant } = scene();
    await start();
    heard();
    server.failure = DOWN;
    server.cut();
    await clock.advanceAsync(600_000);
    expect(variant('checkout')).toBe('off');
    const said = heard();
    expect(said.slice(0, 3)).toEqual(['!ended', '!unreachable', 'stale']);
    expect(new Set(said.slice(3))).toEqual(new Set(['!unreachable']));
    // Full jitter over 30 s, and randomness is one half.
    expect(said.length).toBeGreaterThan(35);
    expect(said.length).toBeLessThan(50);
    server.failure = null;
    server.publish([flag('checkout', 'on')]);
    await clock.advanceAsync(30_100);
    expect(heard().filter((what) => what !== '!unreachable')).toEqual(['changed checkout', 'fresh']);
  });

  it('is stale when a stream stays broken for staleAfterMs although nothing has failed yet', async () => {
    const { clock, heard, server, start } = scene({ staleAfterMs: 300, random: () => 0 });
    await start();
    heard();
    server.mute = true;
    server.cut();
    await clock.advanceAsync(299);
    expect(heard()).toEqual(['!ended']);
    await clock.advanceAsync(1);
    expect(heard()).toEqual(['stale']);
  });

  it('leaves a stream that is silent for 40 s', async () => {
    const { clock, heard, requests, server, start } = scene();
    await start();
    requests();
    heard();
    server.mute = true;
    await clock.advanceAsync(39_000);
    expect(requests()).toEqual([]);
    server.mute = false;
    await clock.advanceAsync(0);
    server.mute = true;
    await clock.advanceAsync(4_000);
    expect(requests()).toEqual(['connect']);
    expect(heard()[0]).toBe('!ended');
  });

  it('polls where streams bring nothing, says so once, stays fresh, and streams again when they do', async () => {
    const { clock, follower, heard, requests, server, start, variant } = scene();
    server.mute = true;
    await start();
    await clock.advanceAsync(12_000);
    expect(requests()).toEqual(['fetch', 'connect', 'connect', 'fetch']);
    expect(heard()).toEqual(['ready', 'stale', '!ended', '!late', 'fresh']);
    expect(follower.state).toBe('polling');
    server.publish([flag('checkout', 'on')]);
    await clock.advanceAsync(18_100);
    expect([heard(), variant('checkout')]).toEqual([['changed checkout', 'fresh'], 'on']);
    await clock.advanceAsync(120_000);
    expect([new Set(heard()), follower.freshness]).toEqual([new Set(['fresh']), 'fresh']);
    server.mute = false;
    requests();
    await clock.advanceAsync(400_000);
    expect(requests().filter((what) => what === 'connect')).toHaveLength(1);
    expect([follower.state, follower.freshness, new Set(heard())]).toEqual(['streaming', 'fresh', new Set(['fresh'])]);
  });

  it('takes a heartbeat as a sign of life for ever', async () => {
    const { clock, heard, requests, start } = scene();
    await start();
    heard();
    requests();
    await clock.advanceAsync(3_600_000);
    expect([heard(), requests()]).toEqual([[], []]);
  });

  it('fetches a snapshot when it has missed more than the server keeps', async () => {
    const { clock, heard, requests, server, start, variant } = scene();
    await start();
    heard();
    requests();
    server.cut();
    server.keep = 1;
    for (const variant of ['on', 'off', 'on'] as const) server.environment.publish([flag('checkout', variant)]);
    await clock.advanceAsync(1_500);
    expect(requests()).toEqual(['connect', 'fetch', 'connect']);
    expect(heard()).toEqual(['!ended', 'changed checkout', 'fresh']);
    expect(variant('checkout')).toBe('on');
  });

  it.each([
    ['is altered on its way', (text: string) => text.replace('"on"', '"no"')],
    ['cannot be read', (text: string) => text.replaceAll('flag\t', 'flog\t')],
  ])('refuses a patch that %s, keeps what it has, and gets the rest by a snapshot', async (_, tamper) => {
    const { clock, heard, requests, server, start, variant } = scene();
    await start();
    heard();
    requests();
    server.tamper = tamper;
    server.publish([flag('checkout', 'on')]);
    expect(variant('checkout')).toBe('off');
    server.tamper = (text) => text;
    await clock.advanceAsync(100);
    expect(variant('checkout')).toBe('on');
    expect(requests()).toEqual(['fetch', 'connect']);
    expect(heard()).toEqual(['!ruleset', 'changed checkout', 'fresh']);
  });

  it('keeps answering from its ruleset while a ruleset that it cannot apply is all there is', async () => {
    const { clock, heard, server, start, variant } = scene();
    await start();
    heard();
    server.environment.publish([flag('checkout', 'on')], { engine: 2 });
    server.send(patchEvent(server.environment.patch(2)));
    server.requests.length = 0;
    await clock.advanceAsync(120_000);
    expect(variant('checkout')).toBe('off');
    const asked = server.requests.map(({ what }) => what);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.every((what) => what === `fetch ${server.environment.headHash}`)).toBe(true);
    server.publish([flag('checkout', 'on')]);
    await clock.advanceAsync(30_000);
    expect(variant('checkout')).toBe('on');
    expect(heard().filter((what) => !what.startsWith('!'))).toEqual(['stale', 'changed checkout', 'fresh']);
  });

  it('keeps its own ruleset in a split brain, reports it, and asks again with waits', async () => {
    const { clock, heard, requests, server, start, variant } = scene();
    await start();
    heard();
    requests();
    const honest = server.environment;
    server.environment = new PublishedEnvironment();
    server.environment.publish([flag('checkout', 'on')]);
    server.beat();
    await clock.advanceAsync(60_000);
    expect(variant('checkout')).toBe('off');
    const said = heard();
    expect(said.slice(0, 3)).toEqual(['!split', '!split', 'stale']);
    expect(requests().length).toBeLessThan(12);
    server.environment = honest;
    await clock.advanceAsync(31_000);
    expect(heard().at(-1)).toBe('fresh');
  });

  it('does not apply an older snapshot from behind a load balancer, and comes back later', async () => {
    const { clock, follower, heard, server, start } = scene();
    await start();
    server.publish([flag('checkout', 'on')]);
    heard();
    const current = server.environment;
    const lagging = new PublishedEnvironment();
    lagging.publish(INITIAL);
    server.environment = lagging;
    server.send('event: reset\n\n');
    await clock.advanceAsync(10_000);
    expect(follower.ruleset.cursor).toEqual({ epoch: 1, revision: 2 });
    expect(heard()).toContain('!order');
    server.environment = current;
    await clock.advanceAsync(31_000);
    expect([follower.freshness, follower.ruleset.cursor?.revision]).toEqual(['fresh', 2]);
  });

  it('follows into a new epoch by a snapshot, also to a lower revision', async () => {
    const { clock, follower, server, start, variant } = scene();
    await start();
    for (const variant of ['on', 'off', 'on'] as const) server.publish([flag('checkout', variant)]);
    server.environment = new PublishedEnvironment('env_1', 2);
    server.environment.publish([flag('checkout', 'off')]);
    server.beat();
    await clock.advanceAsync(100);
    expect(follower.ruleset.cursor).toEqual({ epoch: 2, revision: 1 });
    expect(variant('checkout')).toBe('off');
  });

  it('reports a refused key, keeps its ruleset and asks again every five minutes', async () => {
    const { clock, heard, server, start, variant } = scene();
    await start();
    heard();
    server.failure = { status: 401, retryAfterMs: null, message: 'The key is revoked.' };
    server.cut();
    server.requests.length = 0;
    await clock.advanceAsync(1_000_000);
    expect(server.requests.length).toBe(4);
    expect(heard().slice(0, 3)).toEqual(['!ended', 'stale', '!key']);
    expect(variant('checkout')).toBe('off');
    server.failure = null;
    await clock.advanceAsync(330_000);
    expect(heard().at(-1)).toBe('fresh');
  });

  it('obeys Retry-After', async () => {
    const { clock, requests, server, start } = scene();
    server.failure = { status: 503, retryAfterMs: 20_000, message: 'busy' };
    await start();
    requests();
    await clock.advanceAsync(19_900);
    expect(requests()).toEqual([]);
    await clock.advanceAsync(1_100);
    expect(requests()).toEqual(['fetch']);
  });

  it('accepts a head before the patches it announces', async () => {
    const { clock, heard, requests, server, start, variant } = scene();
    await start();
    heard();
    requests();
    const block = server.environment.publish([flag('checkout', 'on')]);
    server.send(headEvent(server.environment));
    await clock.advanceAsync(900);
    server.send(patchEvent(block));
    await clock.advanceAsync(5_000);
    expect(variant('checkout')).toBe('on');
    expect([heard(), requests()]).toEqual([['changed checkout'], []]);
  });

  it('stops at once, answers on, and leaves nothing running', async () => {
    const { clock, follower, server, start, variant } = scene();
    await start();
    const stopped = follower.stop();
    await clock.advanceAsync(0);
    await stopped;
    expect([server.streams, server.inFlight, clock.pending()]).toEqual([0, 0, 0]);
    expect([follower.state, variant('checkout')]).toEqual(['stopped', 'off']);
  });

  it('goes on when a listener throws, whose error surfaces', async () => {
    const { clock, follower, server, start } = scene({
      onChanged: () => {
        throw new Error('a bug of the application');
      },
    });
    await start();
    server.publish([flag('checkout', 'on')]);
    expect(() => clock.advance(0)).toThrow('a bug of the application');
    server.publish([flag('checkout', 'off')]);
    expect(follower.ruleset.cursor?.revision).toBe(3);
  });
});
