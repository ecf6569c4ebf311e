/** Works a queue off: in groups, oldest first, each forgotten by the queue only once its handling was committed. */
import type { Subscription, WorkItem, WorkQueue } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';

const AT_ONCE = 200;
const LEASE_MS = 30_000;

export interface QueueWorker {
  /** Follows the queue. What fails is reported, and tried again when its lease has ended. */
  start(): void;
  /** A group that is being handled is waited for. */
  stop(): Promise<void>;
  /** Works off what is there now. */
  run(): Promise<void>;
}

/** `handle` may be given an item twice: after a failure, or when its lease ended meanwhile. */
export function createQueueWorker(deps: {
  readonly queue: WorkQueue;
  readonly name: string;
  readonly handle: (items: readonly WorkItem[]) => Promise<void>;
  readonly logger: Logger;
}): QueueWorker {
  const { queue, name, handle, logger } = deps;
  let subscription: Subscription | null = null;

  async function run(): Promise<void> {
    for (;;) {
      const items = await queue.take(name, AT_ONCE, LEASE_MS);
      if (items.length === 0) return;
      await handle(items);
      await queue.done(
        name,
        items.map((item) => item.id),
      );
    }
  }

  return {
    start(): void {
      subscription = queue.follow(name, async () => {
        await run().catch((error: unknown) =>
          logger.warn(
            { queue: name, error: (error as Error).message },
            'work on a queue failed and will be tried again',
          ),
        );
      });
    },
    async stop(): Promise<void> {
      await subscription?.stop();
    },
    run,
  };
}
