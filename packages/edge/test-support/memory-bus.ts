/** A bus in memory, as the interfaces of @flaghoist/bus describe it, with switches to make it fail. */
import type {
  AppendRequest,
  AppendResult,
  LogMessage,
  OrderedLog,
  Subscription,
  WorkItem,
  WorkQueue,
} from '@flaghoist/bus';
import { RECEIPT_QUEUE } from '@flaghoist/protocol/exposures';
import { KEY_USAGE_QUEUE } from '@flaghoist/protocol/keys';

export class MemoryLog implements OrderedLog {
  readonly streams = new Map<string, LogMessage[]>();
  readonly reads: string[] = [];
  failing = false;
  readonly #wakers = new Set<() => void>();

  append({ stream, id, checkpoint, body }: AppendRequest): Promise<AppendResult> {
    const messages = this.streams.get(stream) ?? [];
    this.streams.set(stream, messages);
    const position = (messages.at(-1)?.position ?? 0) + 1;
    messages.push({ stream, position, id, checkpoint, body });
    this.wake();
    return Promise.resolve({ outcome: 'appended', position });
  }

  async readAfter(stream: string, position: number, limit: number): Promise<readonly LogMessage[]> {
    this.#answer(`after ${position}`);
    return (this.streams.get(stream) ?? []).filter((message) => message.position > position).slice(0, limit);
  }

  async readFromCheckpoint(stream: string): Promise<readonly LogMessage[]> {
    this.#answer('checkpoint');
    const messages = this.streams.get(stream) ?? [];
    const at = messages.findLastIndex((message) => message.checkpoint);
    return at < 0 ? [] : messages.slice(at);
  }

  async heads(): Promise<ReadonlyMap<string, { position: number; id: string }>> {
    this.#answer('heads');
    const heads = new Map<string, { position: number; id: string }>();
    for (const [stream, messages] of this.streams) {
      const last = messages.at(-1);
      if (last !== undefined) heads.set(stream, { position: last.position, id: last.id });
    }
    return heads;
  }

  trim(): Promise<void> {
    return Promise.resolve();
  }

  follow(wake: (named: ReadonlySet<string>) => Promise<void>): Subscription {
    return followWith(() => wake(new Set()), this.#wakers);
  }

  wake(): void {
    for (const waker of this.#wakers) waker();
  }

  #answer(read: string): void {
    if (this.failing) throw new Error('The bus is down.');
    this.reads.push(read);
  }
}

/** A queue of exposures; what is said about the use of keys is kept apart. */
export class MemoryQueue implements WorkQueue {
  readonly items = new Map<string, unknown>();
  readonly pushes: string[][] = [];
  readonly keyUsage: WorkItem[] = [];
  readonly receipts: WorkItem[] = [];
  failing = 0;

  push(queue: string, items: readonly WorkItem[]): Promise<void> {
    if (queue === KEY_USAGE_QUEUE) {
      this.keyUsage.push(...items);
      return Promise.resolve();
    }
    if (queue === RECEIPT_QUEUE) {
      this.receipts.push(...items);
      return Promise.resolve();
    }
    if (this.failing > 0) {
      this.failing--;
      return Promise.reject(new Error('The queue is down.'));
    }
    this.pushes.push(items.map(({ id }) => id));
    for (const { id, body } of items) this.items.set(id, JSON.parse(Buffer.from(body).toString()));
    return Promise.resolve();
  }

  take(): Promise<readonly WorkItem[]> {
    return Promise.resolve([]);
  }

  done(): Promise<void> {
    return Promise.resolve();
  }

  depth(): Promise<number> {
    return Promise.resolve(this.items.size);
  }

  follow(_queue: string, wake: () => Promise<void>): Subscription {
    return followWith(wake, new Set());
  }
}

/** Calls `wake` when told to and every 50 ms, never while it runs. */
function followWith(wake: () => Promise<void>, wakers: Set<() => void>): Subscription {
  let running: Promise<void> | null = null;
  let again = false;
  const waker = (): void => {
    again = true;
    running ??= (async () => {
      while (again) {
        again = false;
        await wake();
      }
      running = null;
    })();
  };
  const timer = setInterval(waker, 50);
  wakers.add(waker);
  return {
    request: waker,
    async stop() {
      clearInterval(timer);
      wakers.delete(waker);
      await running;
    },
  };
}
