import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../telemetry/index.ts';
import { createLifecycle, type Part } from './lifecycle.ts';

function recorder(): { readonly logger: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { logger: createLogger({ level: 'error', name: 'test', destination }), lines };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('a lifecycle', () => {
  it('drains everything first, then stops everything, in the reverse order of starting', async () => {
    const { logger, lines } = recorder();
    const lifecycle = createLifecycle({ logger, drainMs: 1_000, stopMs: 1_000 });
    const steps: string[] = [];
    const step = async (text: string): Promise<void> => {
      steps.push(`${text} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps.push(`${text} ends`);
    };
    const part = (name: string): Part => ({
      name,
      drain: () => step(`drain ${name}`),
      stop: () => step(`stop ${name}`),
    });
    lifecycle.add(part('database'));
    lifecycle.add({ name: 'bus', stop: () => step('stop bus') });
    lifecycle.add(part('listener'));
    expect(await lifecycle.stop()).toEqual({ failed: [] });
    expect(steps).toEqual(
      ['drain listener', 'drain database', 'stop listener', 'stop bus', 'stop database'].flatMap((text) => [
        `${text} begins`,
        `${text} ends`,
      ]),
    );
    expect(lines).toEqual([]);
  });

  it('calls the methods on their part', async () => {
    const { logger } = recorder();
    const lifecycle = createLifecycle({ logger, drainMs: 1_000, stopMs: 1_000 });
    class Pool implements Part {
      readonly name = 'pool';
      open = 2;
      async drain(): Promise<void> {
        this.open--;
      }
      async stop(): Promise<void> {
        this.open--;
      }
    }
    const pool = new Pool();
    lifecycle.add(pool);
    expect(await lifecycle.stop()).toEqual({ failed: [] });
    expect(pool.open).toBe(0);
  });

  it('stops once, however often it is asked', async () => {
    const { logger } = recorder();
    const lifecycle = createLifecycle({ logger, drainMs: 1_000, stopMs: 1_000 });
    let stops = 0;
    lifecycle.add({ name: 'a', stop: async () => void stops++ });
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(stops).toBe(1);
  });

  it('logs a part that fails and goes on with the others', async () => {
    const { logger, lines } = recorder();
    const lifecycle = createLifecycle({ logger, drainMs: 1_000, stopMs: 1_000 });
    const stopped: string[] = [];
    lifecycle.add({ name: 'first', stop: async () => void stopped.push('first') });
    lifecycle.add({
      name: 'rejects',
      drain: () => Promise.reject(new Error('cannot drain')),
      stop: () => Promise.reject(new Error('cannot stop')),
    });
    lifecycle.add({
      name: 'throws',
      stop: () => {
        throw new Error('thrown at once');
      },
    });
    lifecycle.add({ name: 'last', stop: async () => void stopped.push('last') });
    expect(await lifecycle.stop()).toEqual({ failed: ['rejects', 'throws'] });
    expect(stopped).toEqual(['last', 'first']);
    expect(lines.map(({ part, step, err }) => [part, step, (err as Error).message])).toEqual([
      ['rejects', 'drain', 'cannot drain'],
      ['throws', 'stop', 'thrown at once'],
      ['rejects', 'stop', 'cannot stop'],
    ]);
  });

  it('waits for a part no longer than its deadline', async () => {
    const { logger, lines } = recorder();
    const lifecycle = createLifecycle({ logger, drainMs: 30, stopMs: 60 });
    let stopped = false;
    lifecycle.add({ name: 'first', stop: async () => void (stopped = true) });
    lifecycle.add({ name: 'hangs', drain: never, stop: never });
    const startedAt = performance.now();
    expect(await lifecycle.stop()).toEqual({ failed: ['hangs'] });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(88);
    expect(stopped).toBe(true);
    expect(lines.map(({ step, err }) => [step, (err as Error).message])).toEqual([
      ['drain', 'Not done within 30 ms.'],
      ['stop', 'Not done within 60 ms.'],
    ]);
  });

  it('stops a part that was started too late, and ends the start that added it', async () => {
    const { logger } = recorder();
    const lifecycle = createLifecycle({ logger, drainMs: 1_000, stopMs: 1_000 });
    const stopping = lifecycle.stop();
    let stopped = false;
    const late: Part = { name: 'late', stop: async () => void (stopped = true) };
    expect(() => lifecycle.add(late)).toThrow('late was started while everything is being stopped');
    await stopping;
    expect(stopped).toBe(true);
  });
});
