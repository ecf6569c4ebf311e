import type { Logger } from '../telemetry/index.ts';

/** Something that was started and has to be stopped. */
export interface Part {
  readonly name: string;
  /** Takes no new work and resolves when what was begun is done. Everything else still runs while it drains. */
  drain?(): Promise<void>;
  stop(): Promise<void>;
}

export interface LifecycleOptions {
  readonly logger: Logger;
  /** The longest that one part's `drain` is waited for, in milliseconds. */
  readonly drainMs: number;
  /** The longest that one part's `stop` is waited for, in milliseconds. */
  readonly stopMs: number;
}

export interface StopReport {
  /** Names of the parts whose `drain` or `stop` failed or was not done in time, in the order of the failures. */
  readonly failed: readonly string[];
}

export interface Lifecycle {
  /**
   * Registers a part that was just started; parts stop in the reverse order. When stopping has begun, the part is
   * stopped at once and this throws, so that a start that was overtaken by a stop ends.
   */
  add(part: Part): void;
  /**
   * Drains all parts one after another, the last one started first; then stops them in the same order. A part that
   * fails or is late is logged and left behind. Never rejects; every call returns the same promise. Takes at most
   * (drainMs + stopMs) for each part.
   */
  stop(): Promise<StopReport>;
  /** Whether that has begun. */
  readonly stopping: boolean;
}

export function createLifecycle({ logger, drainMs, stopMs }: LifecycleOptions): Lifecycle {
  const parts: Part[] = [];
  const failed: string[] = [];
  let stopping: Promise<StopReport> | undefined;

  const attempt = async (part: Part, step: 'drain' | 'stop', action: () => Promise<void>, limitMs: number) => {
    const startedAt = performance.now();
    try {
      await withDeadline(action, limitMs);
      logger.debug({ part: part.name, step, ms: Math.round(performance.now() - startedAt) }, `${step} done`);
    } catch (err) {
      if (!failed.includes(part.name)) failed.push(part.name);
      logger.error({ err, part: part.name, step }, `${part.name}: ${step} failed; going on without it`);
    }
  };
  const stopPart = (part: Part) => attempt(part, 'stop', () => part.stop(), stopMs);

  const stopAll = async (): Promise<StopReport> => {
    const order = [...parts].reverse();
    for (const part of order) {
      const drain = part.drain?.bind(part);
      if (drain) await attempt(part, 'drain', drain, drainMs);
    }
    for (const part of order) await stopPart(part);
    return { failed };
  };

  return {
    add(part) {
      if (stopping === undefined) {
        parts.push(part);
        return;
      }
      void stopPart(part);
      throw new Error(`${part.name} was started while everything is being stopped; it is stopped again.`);
    },
    stop: () => (stopping ??= stopAll()),
    get stopping() {
      return stopping !== undefined;
    },
  };
}

async function withDeadline(action: () => Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not done within ${limitMs} ms.`)), limitMs);
  });
  try {
    await Promise.race([action(), late]);
  } finally {
    clearTimeout(timer);
  }
}
