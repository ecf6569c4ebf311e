import { createFakeClock } from '@flaghoist/testkit';
import { describe, expect, it } from 'vitest';
import { createRulesetSaver } from './ruleset-saver.ts';

/** A store whose saves end when the test says so. */
function scene() {
  const clock = createFakeClock();
  const begun: { readonly at: number; readonly text: string; readonly end: (error?: Error) => void }[] = [];
  const failures: unknown[] = [];
  let content = 'first';
  const saver = createRulesetSaver({
    save: () =>
      new Promise((resolve, reject) => {
        const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
        begun.push({ at: clock.now(), text: content, end });
      }),
    timers: { after: (ms, run) => clock.setTimeout(run, ms), now: clock.now },
    onFailure: (error) => failures.push(error),
  });
  const write = (text: string): void => {
    content = text;
    saver.request();
  };
  return { clock, begun, failures, saver, write, texts: () => begun.map(({ text }) => text) };
}

describe('the saver of rulesets', () => {
  it('saves the first content at once and what follows together, a second later, the latest winning', async () => {
    const { clock, begun, texts, write } = scene();
    write('one');
    expect(texts()).toEqual(['one']);
    begun[0]?.end();
    write('two');
    write('three');
    await clock.advanceAsync(999);
    expect(texts()).toEqual(['one']);
    await clock.advanceAsync(1);
    expect(begun[1]).toMatchObject({ at: 1_000, text: 'three' });
    begun[1]?.end();
    await clock.advanceAsync(60_000);
    expect(texts()).toEqual(['one', 'three']);
  });

  it('never has two saves running, however long one takes', async () => {
    const { clock, begun, texts, write } = scene();
    write('one');
    write('two');
    await clock.advanceAsync(10_000);
    expect(texts()).toEqual(['one']);
    begun[0]?.end();
    await clock.advanceAsync(0);
    expect(texts()).toEqual(['one', 'two']);
  });

  it('reports a save that fails and saves again with the next change', async () => {
    const { clock, begun, failures, texts, write } = scene();
    write('one');
    begun[0]?.end(new Error('disk full'));
    await clock.advanceAsync(5_000);
    expect(failures).toEqual([new Error('disk full')]);
    write('two');
    expect(texts()).toEqual(['one', 'two']);
  });

  it('saves what is unsaved when it is closed, after the save that runs, and nothing any more after that', async () => {
    const { clock, begun, texts, saver, write } = scene();
    write('one');
    write('two');
    const closed = saver.close();
    expect(texts()).toEqual(['one']);
    begun[0]?.end();
    await clock.advanceAsync(0);
    expect(texts()).toEqual(['one', 'two']);
    begun[1]?.end();
    await closed;
    write('three');
    await clock.advanceAsync(10_000);
    expect(texts()).toEqual(['one', 'two']);
    expect(clock.pending()).toBe(0);
  });
});
