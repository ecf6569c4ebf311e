import { createFakeClock } from '@flaghoist/testkit';
import { describe, expect, it } from 'vitest';
import { createCollector } from './collector.ts';

const lines = (count: number, length: number) =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'flag' as const,
    key: `flag-${i}`,
    sha256: '',
    json: 'x'.repeat(length),
  }));

const timersOf = ({ now, setTimeout }: ReturnType<typeof createFakeClock>) => ({
  now,
  after: (ms: number, run: () => void) => setTimeout(run, ms),
});

describe('the collector of what loading leaves', () => {
  it('collects once, when nothing long has come for three seconds', () => {
    const clock = createFakeClock();
    let collections = 0;
    const collector = createCollector(timersOf(clock), () => void collections++);
    for (let i = 0; i < 4; i++) {
      collector.took(lines(1_000, 10_000));
      clock.advance(2_900);
    }
    expect(collections).toBe(0);
    clock.advance(200);
    expect(collections).toBe(1);
    clock.advance(60_000);
    expect(collections).toBe(1);
  });

  it('leaves small loads and changes of a few flags to the collector of the engine', () => {
    const clock = createFakeClock();
    const collector = createCollector(timersOf(clock), () => expect.unreachable());
    collector.took(lines(1_000, 1_000));
    for (let i = 0; i < 100; i++) collector.took(lines(10, 50_000));
    clock.advance(60_000);
  });

  it('collects nothing after the edge stopped', () => {
    const clock = createFakeClock();
    const collector = createCollector(timersOf(clock), () => expect.unreachable());
    collector.took(lines(1_000, 40_000));
    collector.stop();
    clock.advance(60_000);
  });

  it('finds the collector of this process', async () => {
    const clock = createFakeClock();
    const collector = createCollector(timersOf(clock));
    const held = new WeakRef({ by: 'nobody' });
    collector.took(lines(1_000, 40_000));
    // What a turn of the event loop has looked at stays until its end.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3_100);
    expect(held.deref()).toBeUndefined();
  });
});
