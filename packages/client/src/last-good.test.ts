import { createFakeClock } from '@flaghoist/testkit';
import { createSha256, flag, PublishedEnvironment, sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../test-support/memory-store.ts';
import { LastGood } from './last-good.ts';
import { placeOf } from './place.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

/** A history of revisions, and processes that follow it one after the other over one store. */
function scene() {
  const clock = createFakeClock(1_000_000);
  const store = new MemoryStore();
  const environment = new PublishedEnvironment();
  const said: string[] = [];

  function begin() {
    const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
    const lastGood = new LastGood({
      store,
      sha256,
      createHasher: createSha256,
      timers: { after: (ms, run) => clock.setTimeout(run, ms), now: clock.now },
      pause: () => Promise.resolve(),
      content: () => {
        const { head, headText } = copy;
        return head === null ? null : { head, headText, entities: [...copy.entities()] };
      },
      onProblem: (message) => said.push(message),
    });
    return {
      lastGood,
      copy,
      revision: () => copy.head?.revision ?? null,
      load: () => lastGood.load((blocks) => copy.applyBlocks(blocks)),
      /** What comes from the wire: whether it was applied. */
      take(): boolean {
        const full = environment.full();
        const place = placeOf(full.head, environment.headHash);
        if (lastGood.refusal(place) !== null) return false;
        lastGood.trying(place);
        if (!copy.applyFull(full).ok) return false;
        lastGood.applied(place);
        return true;
      },
    };
  }
  const publish = (variant: 'on' | 'off') => environment.publish([flag('f', variant)]);
  /** A process that gets what there is, lives on and is killed. */
  async function live(ms: number): Promise<void> {
    const process = begin();
    await process.load();
    process.take();
    await clock.advanceAsync(ms);
    store.die();
  }
  /** Revision 1 is proven; revision 2 is what two processes after it were killed with. */
  async function killTwice(): Promise<void> {
    publish('on');
    await live(20_000);
    publish('off');
    for (let lives = 0; lives < 2; lives++) await live(2_000);
  }
  return { clock, store, environment, said, begin, publish, live, killTwice };
}

describe('two generations', () => {
  it('come back after a restart, the newer one first', async () => {
    const { begin, clock, publish, live } = scene();
    publish('on');
    await live(20_000);
    const process = begin();
    expect(await process.load()).toMatchObject({ generation: 'newer', place: { revision: 1 }, savedAt: 1_000_000 });
    expect(process.revision()).toBe(1);
    await clock.advanceAsync(0);
  });

  it('row 16: the older one answers when the newer one is torn or corrupt, and survives the next save', async () => {
    const { begin, clock, publish, live, said, store } = scene();
    publish('on');
    await live(20_000);
    publish('off');
    await live(20_000);
    store.newer = (store.newer ?? '').slice(0, -1);
    const process = begin();
    expect(await process.load()).toMatchObject({ generation: 'older', place: { revision: 1 } });
    expect(said).toEqual([expect.stringContaining('The saved ruleset is ignored: it has')]);
    const older = store.older;
    process.take();
    await clock.advanceAsync(5_000);
    expect(store.older).toBe(older);
    expect((await begin().load())?.place.revision).toBe(2);
  });

  it('keep the last one that did no harm as the older, however fast others come', async () => {
    const { begin, clock, publish, store } = scene();
    publish('on');
    const process = begin();
    await process.load();
    process.take();
    await clock.advanceAsync(15_000);
    for (let i = 0; i < 5; i++) {
      publish(i % 2 === 0 ? 'off' : 'on');
      process.take();
      await clock.advanceAsync(1_500);
    }
    expect(store.older).toContain('"revision":1,');
    expect(store.newer).toContain('"revision":6,');
  });

  it('are nothing when both are damaged: that is said, and nothing is applied', async () => {
    const { begin, said, store } = scene();
    [store.newer, store.older] = ['', 'x'];
    const process = begin();
    expect([await process.load(), process.revision()]).toEqual([null, null]);
    expect(said).toHaveLength(2);
  });
});

describe('the mark of what is being tried', () => {
  it('is there before the ruleset is used, and goes after 10 s', async () => {
    const { begin, clock, publish, store } = scene();
    publish('on');
    const process = begin();
    await process.load();
    process.take();
    expect(store.own).toContain('"revision":1');
    await clock.advanceAsync(9_999);
    expect(store.own).not.toBeNull();
    await clock.advanceAsync(1);
    expect(store.own).toBeNull();
  });

  it('goes when the process ends in order, however young', async () => {
    const { begin, clock, publish, store } = scene();
    publish('on');
    const process = begin();
    await process.load();
    process.take();
    await process.lastGood.close();
    expect([store.own, clock.pending()]).toEqual([null, 0]);
    expect(store.newer).toContain('"revision":1,');
  });

  it('row 27: quarantines a ruleset after two unclean starts; the older is used until a newer comes', async () => {
    const { begin, clock, publish, killTwice, said, store } = scene();
    await killTwice();
    said.length = 0;
    const third = begin();
    expect(await third.load()).toMatchObject({ generation: 'older', place: { revision: 1 } });
    expect(said).toEqual([expect.stringContaining('The ruleset 1.2 (head')]);
    expect(third.take()).toBe(false);
    await clock.advanceAsync(20_000);
    await third.lastGood.close();
    const fourth = begin();
    expect((await fourth.load())?.place.revision).toBe(1);
    expect(fourth.take()).toBe(false);
    publish('on');
    expect(fourth.take()).toBe(true);
    await clock.advanceAsync(20_000);
    expect(store.quarantine).toBeNull();
    expect(store.older).toContain('"revision":1,');
    expect((await begin().load())?.place.revision).toBe(3);
  });

  it('counts although the process that finds it is killed before it has written down what follows', async () => {
    const { begin, killTwice, store } = scene();
    await killTwice();
    store.saveQuarantine = () => new Promise(() => undefined);
    void begin().load();
    await new Promise(setImmediate);
    store.die();
    Reflect.deleteProperty(store, 'saveQuarantine');
    expect(await begin().load()).toMatchObject({ generation: 'older', place: { revision: 1 } });
  });

  it('counts again at every start while the disk takes nothing that would say what follows', async () => {
    const { begin, killTwice, store } = scene();
    await killTwice();
    store.failure = new Error('ENOSPC');
    for (let starts = 0; starts < 3; starts++)
      expect(await begin().load()).toMatchObject({ generation: 'older', place: { revision: 1 } });
    expect([store.quarantine, store.left.length]).toEqual([null, 1]);
    store.failure = null;
    expect(await begin().load()).toMatchObject({ generation: 'older' });
    expect([store.quarantine, store.left.length]).toEqual([expect.stringContaining('"revision":2'), 0]);
  });

  it('accuses nobody when processes are killed after 10 s, or when another ruleset is tried in between', async () => {
    const { begin, publish, live } = scene();
    publish('on');
    for (let i = 0; i < 5; i++) await live(11_000);
    for (let i = 0; i < 5; i++) {
      publish(i % 2 === 0 ? 'off' : 'on');
      await live(1_500);
    }
    expect((await begin().load())?.place.revision).toBe(6);
  });

  it('accuses no ruleset that was in use before, however a process is killed twice, and does after five times', async () => {
    const { begin, live, publish, said } = scene();
    publish('on');
    await live(20_000);
    publish('off');
    await live(21_000);
    for (let starts = 0; starts < 4; starts++) await live(500);
    const sound = begin();
    expect([(await sound.load())?.place.revision, said]).toEqual([2, []]);
    await sound.lastGood.close();
    for (let starts = 0; starts < 5; starts++) await live(500);
    expect((await begin().load())?.place.revision).toBe(1);
    expect(said.at(-1)).toContain('is quarantined: the process died 5 times in a row within 10 s');
  });

  it.each([
    ['nothing', () => null],
    ['half of it', (text: string) => text.slice(0, -9)],
    ['another ruleset', (text: string) => text.replace(/"hash":"./, '"hash":"-')],
  ])('is as careful as with what is new where %s of that is left', async (_, leave) => {
    const { begin, live, publish, store } = scene();
    publish('on');
    await live(21_000);
    publish('off');
    await live(21_000);
    expect(store.proven).toContain('"revision":2');
    store.proven = leave(store.proven ?? '');
    for (let starts = 0; starts < 2; starts++) await live(2_000);
    expect((await begin().load())?.place.revision).toBe(1);
  });

  it('tries again what kills when there is nothing else, and says so', async () => {
    const { begin, publish, live, said } = scene();
    publish('on');
    for (let i = 0; i < 3; i++) await live(2_000);
    expect((await begin().load())?.place.revision).toBe(1);
    expect(said.at(-1)).toContain('there is no other to use instead');
  });
});

describe('a disk that is full, read-only or gone', () => {
  it('row 17: is said once in a row, and keeps nothing from being applied', async () => {
    const { begin, clock, publish, said, store } = scene();
    store.failure = new Error('ENOSPC');
    const process = begin();
    await process.load();
    for (let i = 0; i < 5; i++) {
      publish(i % 2 === 0 ? 'off' : 'on');
      expect(process.take()).toBe(true);
      await clock.advanceAsync(2_000);
    }
    expect(process.revision()).toBe(5);
    expect(said).toEqual(['The ruleset in use could not be marked: ENOSPC', 'The ruleset could not be saved: ENOSPC']);
    store.failure = null;
    publish('on');
    process.take();
    await clock.advanceAsync(2_000);
    expect(store.newer).toContain('"revision":6,');
  });

  it('that cannot be read leaves a follower without a copy, and says why', async () => {
    const { begin, said, store } = scene();
    store.unreadable = new Error('EIO');
    expect(await begin().load()).toBeNull();
    expect(said).toEqual(['The saved ruleset could not be read: EIO']);
  });
});
