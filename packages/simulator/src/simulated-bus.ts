/** The bus in memory: what `@flaghoist/bus` promises, and the faults it may have all the same. Passes the bus contract. */
import {
  type AppendRequest,
  type AppendResult,
  createFollower,
  type LogMessage,
  type OrderedLog,
  type Subscription,
  type WorkItem,
  type WorkQueue,
} from '@flaghoist/bus';

const POLL_MS = 1_000;

/** How an instance reaches the bus, and who tells it that something is new. */
export interface BusWay {
  ask<T>(work: () => T): Promise<T>;
  tell(what: () => void): void;
  /** Calls once after `ms`; the answer cancels it. */
  readonly startTimer: (call: () => void, ms: number) => () => void;
}

interface Stream {
  readonly messages: LogMessage[];
  lastPosition: number;
  lastId: string | null;
}

interface Queued extends WorkItem {
  leasedUntil: number;
}

export class SimulatedBus {
  /** Told of everything that is appended. */
  onAppended: (message: LogMessage) => void = () => undefined;
  /** What readers are given of what they read: a bus with a fault skips or spoils messages. */
  reading: (messages: readonly LogMessage[]) => readonly LogMessage[] = (messages) => messages;
  readonly #now: () => number;
  readonly #streams = new Map<string, Stream>();
  readonly #queues = new Map<string, Map<string, Queued>>();
  readonly #followers = new Set<(stream: string | null) => void>();

  /** `now`: milliseconds, for leases. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** One instance, as one process has it. A `deaf` one hears of nothing and has to look. */
  connect(way: BusWay, isDeaf: () => boolean): { readonly log: OrderedLog; readonly queue: WorkQueue } {
    const follow = (wake: (named: ReadonlySet<string>) => Promise<void>): Subscription => {
      const { startTimer } = way;
      const named = new Set<string>();
      const wakeWithNames = (): Promise<void> => {
        const now = new Set(named);
        named.clear();
        return wake(now);
      };
      const follower = createFollower({ wake: wakeWithNames, pollMs: POLL_MS, onError: () => undefined, startTimer });
      const hear = (stream: string | null): void => {
        if (isDeaf()) return;
        way.tell(() => {
          if (stream !== null) named.add(stream);
          follower.request();
        });
      };
      this.#followers.add(hear);
      return {
        request: () => follower.request(),
        stop: () => {
          this.#followers.delete(hear);
          return follower.stop();
        },
      };
    };
    const log: OrderedLog = {
      append: (request) => way.ask(() => this.#append(request)),
      readAfter: (stream, position, limit) =>
        way.ask(() => this.reading(this.#after(stream, position).slice(0, limit))),
      readFromCheckpoint: (stream) => way.ask(() => this.reading(this.#fromCheckpoint(stream))),
      heads: () => way.ask(() => this.#heads()),
      trim: (stream, keep) => way.ask(() => this.#trim(stream, keep)),
      follow,
    };
    const queue: WorkQueue = {
      push: (name, items) => way.ask(() => this.#push(name, items)),
      take: (name, limit, leaseMs) => way.ask(() => this.#take(name, limit, leaseMs)),
      done: (name, ids) => way.ask(() => ids.forEach((id) => this.#queueOf(name).delete(id))),
      depth: (name) => way.ask(() => this.#queueOf(name).size),
      follow: (_name, wake) => follow(() => wake()),
    };
    return { log, queue };
  }

  /** A power cut: the bus is transport, and loses what it had not synced; all of it at worst. */
  loseEnd(stream: string, messages: number): void {
    const held = this.#streams.get(stream);
    if (held === undefined) return;
    held.messages.splice(Math.max(0, held.messages.length - messages));
    const last = held.messages.at(-1);
    if (last === undefined) this.#streams.delete(stream);
    else Object.assign(held, { lastPosition: last.position, lastId: last.id });
  }

  /** Appends a checkpoint to whatever is there. */
  appendAfterLast(stream: string, id: string, body: Uint8Array): void {
    this.#append({ stream, id, checkpoint: true, body });
  }

  /** Of every stream. */
  lengths(): ReadonlyMap<string, number> {
    return new Map([...this.#streams].map(([name, { messages }]) => [name, messages.length]));
  }

  waiting(queue: string): number {
    return this.#queueOf(queue).size;
  }

  #append({ stream, id, after, checkpoint, body }: AppendRequest): AppendResult {
    const held = this.#streams.get(stream) ?? { messages: [], lastPosition: 0, lastId: null };
    const duplicate = held.messages.find((message) => message.id === id);
    if (duplicate !== undefined) return { outcome: 'duplicate', position: duplicate.position };
    if (after !== undefined && after !== held.lastId) return { outcome: 'refused', last: held.lastId };
    this.#streams.set(stream, held);
    const position = held.lastPosition + 1;
    const message = { stream, position, id, checkpoint, body: Uint8Array.from(body) };
    held.messages.push(message);
    Object.assign(held, { lastPosition: position, lastId: id });
    this.onAppended(message);
    this.#wake(stream);
    return { outcome: 'appended', position };
  }

  #after(stream: string, position: number): readonly LogMessage[] {
    return this.#streams.get(stream)?.messages.filter((message) => message.position > position) ?? [];
  }

  #fromCheckpoint(stream: string): readonly LogMessage[] {
    const messages = this.#streams.get(stream)?.messages ?? [];
    const at = messages.findLastIndex(({ checkpoint }) => checkpoint);
    return at < 0 ? [] : messages.slice(at);
  }

  #heads(): ReadonlyMap<string, { readonly position: number; readonly id: string }> {
    return new Map(
      [...this.#streams].map(([name, { lastPosition, lastId }]) => [
        name,
        { position: lastPosition, id: lastId ?? '' },
      ]),
    );
  }

  #trim(stream: string, keep: number): void {
    const held = this.#streams.get(stream);
    if (held === undefined) return;
    const newest = held.messages.findLast(({ checkpoint }) => checkpoint)?.position ?? 0;
    const isKept = ({ position }: LogMessage) => position >= newest || position > held.lastPosition - keep;
    held.messages.splice(0, held.messages.length, ...held.messages.filter(isKept));
  }

  #push(queue: string, items: readonly WorkItem[]): void {
    const held = this.#queueOf(queue);
    for (const { id, body } of items)
      if (!held.has(id)) held.set(id, { id, body: Uint8Array.from(body), leasedUntil: Number.NEGATIVE_INFINITY });
    this.#wake(null);
  }

  #take(queue: string, limit: number, leaseMs: number): readonly WorkItem[] {
    const now = this.#now();
    const taken = [...this.#queueOf(queue).values()].filter(({ leasedUntil }) => leasedUntil <= now).slice(0, limit);
    for (const item of taken) item.leasedUntil = now + leaseMs;
    return taken.map(({ id, body }) => ({ id, body }));
  }

  #queueOf(name: string): Map<string, Queued> {
    const queue = this.#queues.get(name) ?? new Map<string, Queued>();
    this.#queues.set(name, queue);
    return queue;
  }

  /** Null: a queue. */
  #wake(stream: string | null): void {
    for (const hear of this.#followers) hear(stream);
  }
}
