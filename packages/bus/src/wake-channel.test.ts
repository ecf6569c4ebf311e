import { createFakeClock } from '@flaghoist/testkit';
import { describe, expect, it } from 'vitest';
import { createWakeChannel, type Listen } from './wake-channel.ts';

function setUp(listen: Listen) {
  const clock = createFakeClock();
  const messages: string[] = [];
  const channel = createWakeChannel({
    channel: 'news',
    listen,
    pollMs: 1_000,
    startTimer: clock.setTimeout,
    onError: (error, message) => messages.push(`${message} ${String(error)}`),
  });
  return { clock, channel, messages };
}

describe('createWakeChannel', () => {
  it('listens once for all followers, wakes each, and stops listening at the end', async () => {
    const listened: string[] = [];
    let notify = (): void => {};
    let ended = 0;
    const { clock, channel } = setUp((name, wake) => {
      listened.push(name);
      notify = () => wake('');
      return Promise.resolve(async () => {
        ended += 1;
      });
    });
    let woken: string[] = [];
    const first = channel.follow(async () => void woken.push('first'));
    channel.follow(async () => void woken.push('second'));
    await clock.advanceAsync(500);
    woken = [];
    notify();
    await clock.advanceAsync(0);
    expect(woken).toEqual(['first', 'second']);
    await first.stop();
    notify();
    await clock.advanceAsync(0);
    expect(woken).toEqual(['first', 'second', 'second']);
    await channel.stop();
    expect([listened, ended]).toEqual([['news'], 1]);
    expect(clock.pending()).toBe(0);
  });

  it('hands on what notifications carry, once to each follower, also what comes while one is called', async () => {
    let notify: (payload: string) => void = () => {};
    const { clock, channel } = setUp((_name, wake) => {
      notify = wake;
      return Promise.resolve(() => Promise.resolve());
    });
    const named: string[][] = [];
    let finish = (): void => {};
    channel.follow((streams) => {
      named.push([...streams]);
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    await clock.advanceAsync(500);
    notify('red');
    notify('green');
    notify('');
    notify('red');
    finish();
    await clock.advanceAsync(0);
    expect(named).toEqual([[], ['red', 'green']]);
    finish();
    await clock.advanceAsync(1_000);
    expect(named).toEqual([[], ['red', 'green'], []]);
    finish();
    await channel.stop();
  });

  it('wakes its followers when the database begins to listen: what came before has notified nobody', async () => {
    let begin = (): void => {};
    const { clock, channel } = setUp(
      () =>
        new Promise((resolve) => {
          begin = () => resolve(() => Promise.resolve());
        }),
    );
    let calls = 0;
    channel.follow(async () => void (calls += 1));
    await clock.advanceAsync(300);
    expect(calls).toBe(1);
    begin();
    await clock.advanceAsync(0);
    expect(calls).toBe(2);
    await channel.stop();
  });

  it('polls while it cannot listen, tries again at each poll, and says so once', async () => {
    let attempts = 0;
    const { clock, channel, messages } = setUp(() => {
      attempts += 1;
      return attempts <= 3 ? Promise.reject(new Error('database away')) : Promise.resolve(() => Promise.resolve());
    });
    let calls = 0;
    channel.follow(async () => void (calls += 1));
    await clock.advanceAsync(2_500);
    expect([attempts, calls]).toEqual([3, 3]);
    expect(messages).toEqual([
      'Cannot listen on news: until it works, changes are seen by polling every 1000 ms. Error: database away',
    ]);
    await clock.advanceAsync(5_000);
    expect(attempts).toBe(4);
    await channel.stop();
  });

  it('does not wait for ever for a database that never begins to listen, and ends the listening that comes late', async () => {
    let begin = (): void => {};
    let ended = 0;
    const { clock, channel } = setUp(
      () =>
        new Promise((resolve) => {
          begin = () => resolve(async () => void (ended += 1));
        }),
    );
    channel.follow(() => Promise.resolve());
    let stopped = false;
    const stopping = channel.stop().then(() => {
      stopped = true;
    });
    await clock.advanceAsync(4_999);
    expect(stopped).toBe(false);
    await clock.advanceAsync(1);
    await stopping;
    begin();
    await clock.advanceAsync(0);
    expect(ended).toBe(1);
  });

  it('refuses followers once it is stopped', async () => {
    const { channel } = setUp(() => Promise.resolve(() => Promise.resolve()));
    await channel.stop();
    expect(() => channel.follow(() => Promise.resolve())).toThrow('The bus is stopped');
  });
});
