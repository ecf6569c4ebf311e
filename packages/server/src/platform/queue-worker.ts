/**
 * Works a queue off: in groups, oldest first, each forgotten by the queue only once its handling was committed. An item that
 * the database refuses for what is in it would hold up all others for ever: it is reported and left out.
 */
import type { Subscription, WorkItem, WorkQueue } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';

const AT_ONCE = 200;
const LEASE_MS = 30_000;
/** SQLSTATE classes that tell of the data: cardinality, data exception, integrity, and a row too large for its index. */
const OF_THE_DATA = /^(?:21|22|23|54)[0-9A-Z]{3}$/;

export interface QueueWorker {
  /** Follows the queue. What fails is reported, and tried again when its lease has ended. */
  start(): void;
  /** A group that is being handled is waited for. */
  stop(): Promise<void>;
  /** Works off what is there now. */
  run(): Promise<void>;
  /** Items that the database refused and that were left out, since the start. */
  readonly leftOut: number;
}

/** `handle` may be given an item twice: after a failure, alone too, or when its lease ended meanwhile. */
export function createQueueWorker(deps: {
  readonly queue: WorkQueue;
  readonly name: string;
  readonly handle: (items: readonly WorkItem[]) => Promise<void>;
  /** Called when nothing is left to take, once a second at least while all is well. */
  readonly workedOff?: () => Promise<void>;
  readonly logger: Logger;
}): QueueWorker {
  const { queue, name, handle, workedOff, logger } = deps;
  let subscription: Subscription | null = null;
  let leftOut = 0;

  async function run(): Promise<void> {
    for (;;) {
      const items = await queue.take(name, AT_ONCE, LEASE_MS);
      if (items.length === 0) break;
      await handleGroup(items);
      await queue.done(
        name,
        items.map((item) => item.id),
      );
    }
    await workedOff?.();
  }

  async function handleGroup(items: readonly WorkItem[]): Promise<void> {
    try {
      await handle(items);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      for (const item of items) await handleAlone(item);
    }
  }

  async function handleAlone(item: WorkItem): Promise<void> {
    try {
      await handle([item]);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      leftOut++;
      logger.error(
        { queue: name, item: item.id, error: error.message },
        'the database refuses what is in an item of a queue; it was left out',
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
    get leftOut() {
      return leftOut;
    },
  };
}

function isOfTheData(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && OF_THE_DATA.test(String(error.code));
}
