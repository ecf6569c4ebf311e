import { createSignatureCheck, type SigningKey } from '@flaghoist/runtime/crypto';
import { flag, PublishedEnvironment } from '@flaghoist/testkit/published-environment';
import { newSigningKey } from '@flaghoist/testkit/signing-key';
import { describe, expect, it } from 'vitest';
import { DOWN, INITIAL, scene } from '../test-support/follower-scene.ts';
import { MemoryStore } from '../test-support/memory-store.ts';
import { patchEvent, snapshot } from '../test-support/simulated-server.ts';

const OLD = newSigningKey();
const NEW = newSigningKey();
const checkOf = (...keys: readonly SigningKey[]) => createSignatureCheck(keys.map(({ publicKey }) => publicKey));
const by = (key: SigningKey) => (text: string) => key.sign(text);

type Scene = ReturnType<typeof scene>;

function trusting(keys: readonly SigningKey[], store = new MemoryStore()): Scene & { readonly problems: string[] } {
  const problems: string[] = [];
  const onProblem = ({ message }: { readonly message: string }) => void problems.push(message);
  return { ...scene({ signatures: checkOf(...keys), onProblem, store }), problems };
}

/** A server whose newest head is signed by that key. */
function signedBy(server: Scene['server'], key: SigningKey | null): void {
  server.environment.sign = key === null ? null : by(key);
}

describe('a follower that was given keys', () => {
  it('follows what is signed by one of them', async () => {
    const { follower, server, start, heard, variant } = trusting([OLD, NEW]);
    signedBy(server, NEW);
    await start();
    server.publish([flag('checkout', 'on')]);
    server.beat();
    expect(heard()).toEqual(['ready', 'fresh', 'changed checkout']);
    expect([variant('checkout'), follower.state, follower.freshness]).toEqual(['on', 'streaming', 'fresh']);
  });

  it('takes nothing that is not signed, and says why', async () => {
    const { server, start, heard, problems, follower, store } = trusting([OLD]);
    signedBy(server, null);
    await start();
    expect(heard()).toEqual([]);
    expect(problems).toEqual(['Revision 1.1 is refused: it is not signed.']);
    expect([follower.ruleset.head, store.newer, store.own]).toEqual([null, null, null]);
  });

  it('keeps its ruleset and marks nothing when a patch is forged, and follows again when the genuine one comes', async () => {
    const { clock, server, start, variant, problems, store, follower } = trusting([OLD]);
    signedBy(server, OLD);
    await start();
    const mark = store.own;
    const forger = new PublishedEnvironment();
    forger.publish(INITIAL);
    forger.sign = by(NEW);
    server.tamper = (text) => (text.startsWith('{') ? snapshot(forger) : text);
    server.announce(forger.publish([flag('checkout', 'on')]));
    await clock.advanceAsync(100);
    expect(problems[0]).toBe(`Revision 1.2 is refused: it is signed by the key ${NEW.id}, which is not trusted.`);
    expect([variant('checkout'), store.own]).toEqual(['off', mark]);
    await clock.advanceAsync(60_000);
    expect([variant('checkout'), store.own]).toEqual(['off', null]);
    server.tamper = (text) => text;
    server.environment.publish([flag('checkout', 'on')]);
    await clock.advanceAsync(60_000);
    expect([variant('checkout'), follower.freshness]).toEqual(['on', 'fresh']);
  });

  it('goes on with its stream when what it asked for beside it is not signed', async () => {
    const { clock, server, start, follower, variant } = trusting([OLD]);
    signedBy(server, OLD);
    await start();
    const before = server.requests.length;
    server.environment.publish([flag('checkout', 'on')]);
    signedBy(server, null);
    follower.ask('1.2');
    await clock.advanceAsync(100);
    expect(server.requests.slice(before).map(({ what }) => what)).toEqual([expect.stringContaining('fetch')]);
    expect([follower.freshness, variant('checkout')]).toEqual(['fresh', 'off']);
  });

  it('is stale, not fresh, while the heads it hears are not signed', async () => {
    const { clock, server, start, follower, variant } = trusting([OLD]);
    signedBy(server, OLD);
    await start();
    signedBy(server, null);
    server.beat();
    await clock.advanceAsync(60_000);
    expect([follower.freshness, variant('checkout')]).toEqual(['stale', 'off']);
  });

  it('does not go back to an older ruleset that was signed in its time', async () => {
    const { clock, server, start, variant } = trusting([OLD]);
    signedBy(server, OLD);
    await start();
    const replayed = snapshot(server.environment);
    server.publish([flag('checkout', 'on')]);
    const old = server.environment;
    server.tamper = (text) => (text.startsWith('{') ? replayed : text);
    server.environment = new PublishedEnvironment('env_1', 1);
    server.environment.sign = by(OLD);
    server.environment.publish(INITIAL);
    server.cut();
    await clock.advanceAsync(120_000);
    expect(variant('checkout')).toBe('on');
    server.environment = old;
  });

  it('begins with the copy on disk only if that is signed by a key it is given now', async () => {
    const { clock, server, start, store, follower } = trusting([OLD]);
    signedBy(server, OLD);
    await start();
    await clock.advanceAsync(11_000);
    await follower.stop();
    expect(store.newer).toContain(`\nsignature\t${OLD.id}.`);
    const again = trusting([OLD], store);
    again.server.failure = DOWN;
    await again.start();
    expect(again.heard()).toContain('ready');
    await again.follower.stop();
    const removed = trusting([NEW], store);
    removed.server.failure = DOWN;
    let marks = 0;
    store.mark = () => void (marks += 1);
    await removed.start();
    expect(removed.heard()).not.toContain('ready');
    expect(removed.problems).toContain(
      `The saved ruleset is ignored: Revision 1.1 is refused: it is signed by the key ${OLD.id}, which is not trusted.`,
    );
    expect(marks).toBe(0);
  });

  it('saves the signature of a key that takes over, so that the old one can be removed without a gap', async () => {
    const { clock, server, start, store, follower, heard } = trusting([OLD, NEW]);
    signedBy(server, OLD);
    await start();
    await clock.advanceAsync(11_000);
    heard();
    signedBy(server, NEW);
    server.beat();
    await clock.advanceAsync(2_000);
    expect(heard()).toEqual([]);
    await follower.stop();
    const next = trusting([NEW], store);
    next.server.failure = DOWN;
    await next.start();
    expect([next.heard()[0], next.variant('checkout')]).toEqual(['ready', 'off']);
  });

  it('takes no bootstrap file that is not signed', async () => {
    const environment = new PublishedEnvironment();
    environment.publish(INITIAL);
    const begin = async (text: string): Promise<boolean> => {
      const { server, start, heard } = scene({ signatures: checkOf(OLD), bootstrap: () => Promise.resolve(text) });
      server.failure = DOWN;
      await start();
      return heard().includes('ready');
    };
    expect(await begin(snapshot(environment))).toBe(false);
    environment.sign = by(OLD);
    expect(await begin(snapshot(environment))).toBe(true);
  });
});

describe('a follower that was given no keys', () => {
  it('follows what is signed as it does what is not, and keeps the signature for whoever asks later', async () => {
    const { clock, server, start, store, follower, heard } = scene();
    signedBy(server, OLD);
    await start();
    server.announce(server.environment.publish([flag('checkout', 'on')]));
    server.send(patchEvent(server.environment.patch(2)));
    await clock.advanceAsync(11_000);
    expect(heard()).toEqual(['ready', 'fresh', 'changed checkout']);
    await follower.stop();
    const later = trusting([OLD], store);
    later.server.failure = DOWN;
    await later.start();
    expect(later.variant('checkout')).toBe('on');
  });
});
