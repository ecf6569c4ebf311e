import { describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/index.ts';
import { createSupervisor, type WorkerListener } from './supervisor.ts';

interface Forked {
  readonly number: number;
  readonly listener: WorkerListener<string>;
  stops: number;
  kills: number;
}

function scene(numbers: readonly number[] = [1, 2]) {
  const forked: Forked[] = [];
  const timers = new Map<() => void, number>();
  const lines: string[] = [];
  const supervisor = createSupervisor<string>({
    numbers,
    fork(number, listener) {
      const one: Forked = { number, listener, stops: 0, kills: 0 };
      forked.push(one);
      const ask = () => Promise.resolve(number === 2 ? undefined : `figures of ${number}`);
      return { pid: forked.length, ask, stop: () => void (one.stops += 1), kill: () => void (one.kills += 1) };
    },
    logger: createLogger({ level: 'info', name: 'test', destination: { write: (line) => void lines.push(line) } }),
    random: () => 0.5,
    stopMs: 30_000,
    setTimer(run, ms) {
      timers.set(run, ms);
      return () => timers.delete(run);
    },
  });
  /** Lets the timer go off that was set for this long. */
  const elapse = (ms: number): void => {
    for (const [run, after] of timers) {
      if (after !== ms) continue;
      timers.delete(run);
      run();
      return;
    }
    throw new Error(`there is no timer of ${ms} ms, but of ${[...timers.values()].join(', ')}`);
  };
  const running = async (): Promise<void> => {
    const started = supervisor.start();
    for (const { listener, number } of forked) listener.onReady(`worker ${number}`);
    await started;
  };
  return { supervisor, forked, lines, elapse, running, pending: () => [...timers.values()] };
}

const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('a supervisor', () => {
  it('begins one worker for each number, and is started when all are ready', async () => {
    const { supervisor, forked } = scene([1, 2, 7]);
    const started = supervisor.start();
    expect(forked.map(({ number }) => number)).toEqual([1, 2, 7]);
    forked[2]?.listener.onReady('c');
    forked[0]?.listener.onReady('a');
    expect(await settled(started)).toBe(false);
    forked[1]?.listener.onReady('b');
    expect(await started).toEqual(['a', 'b', 'c']);
    // The second does not answer.
    expect(await supervisor.ask(1_000)).toEqual(['figures of 1', 'figures of 7']);
  });

  it('ends the others and says why when one cannot start', async () => {
    const { supervisor, forked } = scene();
    const started = supervisor.start();
    const [first, second] = forked;
    second?.listener.onReady('b');
    first?.listener.onFailed(new Error('The port is taken.'));
    first?.listener.onEnd('code 1');
    await Promise.resolve();
    expect(second?.stops).toBe(1);
    second?.listener.onEnd('code 0');
    await expect(started).rejects.toThrow('The port is taken.');
    expect(forked).toHaveLength(2);
  });

  it('says how a worker ended that told nothing', async () => {
    const { supervisor, forked } = scene([1]);
    const started = supervisor.start();
    forked[0]?.listener.onEnd('SIGKILL');
    await expect(started).rejects.toThrow('Worker 1 ended with SIGKILL before all were ready.');
  });

  it('puts another in the place of one that ends, after waits that grow to 30 s', async () => {
    const { forked, elapse, running, lines } = scene();
    await running();
    const waits = [750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500];
    for (const wait of waits) {
      forked.at(-1)?.listener.onEnd('SIGKILL');
      elapse(wait);
      expect(forked.at(-1)?.number).toBe(2);
    }
    expect(forked).toHaveLength(2 + waits.length);
    expect(lines.join('')).toContain('"worker":2,"workerPid":2,"how":"SIGKILL","waitMs":750');
  });

  it('waits as little as at first for one that was ready for a minute, and not for one that was not', async () => {
    const { forked, elapse, running, pending } = scene([1]);
    await running();
    forked.at(-1)?.listener.onEnd('code 1');
    elapse(750);
    forked.at(-1)?.listener.onReady('again');
    forked.at(-1)?.listener.onEnd('code 1');
    expect(pending()).toEqual([1_500]);
    elapse(1_500);
    forked.at(-1)?.listener.onReady('again');
    elapse(60_000);
    forked.at(-1)?.listener.onEnd('code 1');
    expect(pending()).toEqual([750]);
  });

  it('stops all, those that wait for their turn included, and begins no other', async () => {
    const { supervisor, forked, running, pending } = scene();
    await running();
    forked[0]?.listener.onEnd('code 1');
    const stopped = supervisor.stop();
    expect(supervisor.stop()).toBe(stopped);
    expect(await settled(stopped)).toBe(false);
    expect([forked[0]?.stops, forked[1]?.stops]).toEqual([0, 1]);
    forked[1]?.listener.onEnd('code 0');
    await stopped;
    await supervisor.finished;
    expect(pending()).toEqual([]);
    expect(forked).toHaveLength(2);
  });

  it('kills what does not end in time', async () => {
    const { supervisor, forked, running, elapse } = scene();
    await running();
    const stopped = supervisor.stop();
    forked[0]?.listener.onEnd('code 0');
    elapse(30_000);
    expect([forked[0]?.kills, forked[1]?.kills]).toEqual([0, 1]);
    forked[1]?.listener.onEnd('SIGKILL');
    await stopped;
  });

  it('can be stopped before all are ready', async () => {
    const { supervisor, forked } = scene();
    const started = supervisor.start();
    const refused = expect(started).rejects.toThrow('stopped before all workers were ready');
    const stopped = supervisor.stop();
    for (const { listener } of forked) listener.onEnd('code 0');
    await stopped;
    await refused;
  });
});
