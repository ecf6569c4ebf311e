/** A bus that is there later: what is asked of it before waits for it, and fails when it never comes. */
import type { OrderedLog, Subscription, WorkQueue } from '@flaghoist/bus';
import type { ReadableLog } from '@flaghoist/edge';

export interface LateBus {
  readonly log: ReadableLog;
  readonly queue: Pick<WorkQueue, 'push'>;
}

export function createLateBus(
  bus: Promise<{ readonly log: OrderedLog; readonly queue: Pick<WorkQueue, 'push'> }>,
): LateBus {
  const log = bus.then((there) => there.log);
  // It may be given up while nobody asks for anything.
  log.catch(() => undefined);
  return {
    log: {
      heads: async () => (await log).heads(),
      readAfter: async (stream, position, limit) => (await log).readAfter(stream, position, limit),
      readFromCheckpoint: async (stream) => (await log).readFromCheckpoint(stream),
      follow: (wake) => followLate(log, wake),
    },
    queue: { push: async (queue, items) => (await bus).queue.push(queue, items) },
  };
}

function followLate(log: Promise<ReadableLog>, wake: Parameters<ReadableLog['follow']>[0]): Subscription {
  let stopped = false;
  const begun = log.then(
    (there) => (stopped ? null : there.follow(wake)),
    () => null,
  );
  return {
    request: () => void begun.then((subscription) => subscription?.request()),
    async stop() {
      stopped = true;
      const subscription = await begun;
      await subscription?.stop();
    },
  };
}
