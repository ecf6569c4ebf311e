import { describe, expect, it } from 'vitest';
import { followProject, type LiveEvent, type LiveState } from './live.ts';

function stage(isOnline = true) {
  const sources: FakeSource[] = [];
  const timers: { readonly ms: number; readonly run: () => void; cancelled: boolean }[] = [];
  const states: LiveState[] = [];
  const events: (readonly [LiveEvent, unknown])[] = [];
  const counts = { back: 0, refused: 0 };
  const live = followProject({
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    later(ms, run) {
      const timer = { ms, run, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    random: () => 1,
    isOnline: () => isOnline,
    onState: (state) => states.push(state),
    onEvent: (event, data) => events.push([event, data]),
    onBack: () => {
      counts.back += 1;
    },
    onRefused: () => {
      counts.refused += 1;
    },
  });
  const last = (): FakeSource => sources.at(-1) ?? new FakeSource();
  const waiting = () => timers.filter((timer) => !timer.cancelled);
  return { live, sources, last, states, events, counts, waiting };
}

class FakeSource {
  readyState = 0;
  closed = false;
  readonly #listeners = new Map<string, (event: { readonly data?: unknown }) => void>();

  addEventListener(type: string, listen: (event: { readonly data?: unknown }) => void): void {
    this.#listeners.set(type, listen);
  }
  close(): void {
    this.closed = true;
  }
  tell(type: string, data?: unknown): void {
    this.#listeners.get(type)?.({ data });
  }
  /** The browser tries again by itself. */
  drop(): void {
    this.readyState = 0;
    this.tell('error');
  }
  /** The browser gives up. */
  refuse(): void {
    this.readyState = 2;
    this.tell('error');
  }
}

describe('following a project', () => {
  it('is live once the line is open, and hands on what is told', () => {
    const { last, states, events, counts } = stage();
    last().tell('open');
    last().tell('change', '{"id":"1"}');
    last().tell('presence', '{"people":[]}');
    last().tell('change', '{"id":');
    expect(states).toEqual(['live']);
    expect(events).toEqual([
      ['change', { id: '1' }],
      ['presence', { people: [] }],
    ]);
    expect(counts.back).toBe(0);
  });

  it('leaves a broken line to the browser, and has everything read anew when it is back', () => {
    const { sources, last, states, counts, waiting } = stage();
    last().tell('open');
    last().drop();
    last().drop();
    expect(states).toEqual(['live', 'reconnecting']);
    waiting()[0]?.run();
    expect(states.at(-1)).toBe('offline');
    last().tell('open');
    expect(states.at(-1)).toBe('live');
    expect([sources.length, counts.back, counts.refused]).toEqual([1, 1, 0]);
  });

  it('connects anew when the browser gave up, later each time up to half a minute', () => {
    const { sources, last, counts, waiting } = stage();
    const delays: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      last().refuse();
      const timer = waiting().at(-1);
      delays.push(timer?.ms ?? 0);
      timer?.run();
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect([sources.length, counts.refused]).toEqual([8, 7]);
    expect(sources.slice(0, -1).every(({ closed }) => closed)).toBe(true);
  });

  it('says at once that it is offline where the browser knows', () => {
    const { last, states } = stage(false);
    last().drop();
    expect(states).toEqual(['offline']);
  });

  it('is woken when it waits, and left alone while it is live', () => {
    const { live, sources, last } = stage();
    last().refuse();
    live.wake();
    expect(sources).toHaveLength(2);
    last().tell('open');
    live.wake();
    expect(sources).toHaveLength(2);
  });

  it('is silent after it was stopped', () => {
    const { live, last, states, events, waiting } = stage();
    const source = last();
    source.tell('open');
    live.stop();
    source.tell('change', '{}');
    source.refuse();
    expect(source.closed).toBe(true);
    expect([states, events, waiting()]).toEqual([['live'], [], []]);
  });

  it('opens no line after it was stopped, also when it is woken', () => {
    const { live, sources, last, waiting } = stage();
    last().refuse();
    live.stop();
    live.wake();
    expect([sources.length, waiting()]).toEqual([1, []]);
  });
});
