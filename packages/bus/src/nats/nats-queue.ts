import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription, WorkItem, WorkQueue } from '../index.ts';
import type { WakeChannel } from '../wake-channel.ts';
import type { Connection } from './connection.ts';
import type { JetStream, StreamConfig, StreamInfo } from './jetstream.ts';
import { isOwnCluster, makeReplicated, wantedReplicas } from './log-stream.ts';
import { formatText, type Names, parseText, type QueueNames } from './names.ts';
import { formatPieces, type Pieces, parsePieces, pieceBytes, readPieces, writePieces } from './pieces.ts';
import { createRetrying, inParallel, isGone, type Retrying } from './retry.ts';
import type { PulledMessage, StoredMessage } from './stored-message.ts';

const PUSH_WITHIN_MS = 35_000;
/** Enough to ask twice: a consumer that is gone does not answer the first time. */
const TAKE_WITHIN_MS = 5_000;
const CONSUMER = 'takers';
/** The lease of an item whose taker died before it could say how long it wants it, and that of most takers. */
const LEASE_MS = 30_000;
const PUSHES_AT_ONCE = 256;
const SETTLES_AT_ONCE = 64;
/** How long a replica that is behind is waited for, at most half a second together. */
const BEHIND_MS = 20;
const BEHIND_ATTEMPTS = 25;
/** Nobody takes that long from the first piece of an item to the item. */
const LEFT_OVER_MS = 10 * 60_000;
/** How soon it is tried again to give a queue all its replicas. */
const WEAK_MS = 30_000;
const ONE_MEGABYTE = 1 << 20;
const NO_DATA = new Uint8Array(0);
const NOT_QUEUED = { of: 'subject', seq: 0 } as const;
const ID = 'Fh-Id';
const PIECES = 'Fh-Pieces';

/** How many items a taker may forget of at once; beyond that `done` looks them up. */
const REMEMBERED = 50_000;

export interface NatsQueueDeps {
  readonly connection: Connection;
  readonly jetstream: JetStream;
  readonly names: Names;
  readonly replicas: number | null;
  /** Of one queue, in bytes. A push beyond it rejects. */
  readonly maxBytes: number;
  readonly channelOf: (queue: string) => WakeChannel;
  readonly random: () => number;
  readonly onError: (error: unknown, message: string) => void;
}

interface Taken {
  readonly seq: number;
  readonly reply: string;
  readonly pieces: Pieces | null;
}

/**
 * Work queues, each a JetStream stream with a subject for each item: an item is stored only when its subject is empty, so
 * one that is queued is not queued twice. One consumer hands items to takers; the lease runs on the server's clock.
 *
 * When a push rejects some items may be queued, and pushing all of them again is safe.
 */
export class NatsQueue implements WorkQueue {
  readonly #deps: NatsQueueDeps;
  /** Queues whose stream, or whose stream and consumer, were seen. */
  readonly #streams = new Set<string>();
  readonly #consumers = new Set<string>();
  /** What this process took, by queue and id. */
  readonly #taken = new Map<string, Taken>();
  readonly #sweptAt = new Map<string, number>();
  readonly #try: Retrying;

  constructor(deps: NatsQueueDeps) {
    const { connection, random } = deps;
    this.#deps = deps;
    this.#try = createRetrying({ stopped: connection.hurried, random, forget: () => this.#forget() });
    connection.onBreak(() => this.#forget());
  }

  async push(queue: string, items: readonly WorkItem[]): Promise<void> {
    const names = this.#deps.names.queue(queue);
    const pieces = new Map<WorkItem, Pieces>();
    const queued = new Set<number>();
    await this.#try(PUSH_WITHIN_MS, async () => {
      await this.#ensureStream(names);
      // Before the items, which are stored in the order in which they are sent.
      for (const item of items) if (!pieces.has(item)) await this.#writeLong(names, item, pieces);
      const waiting = items.map((item, index) => ({ item, index })).filter(({ index }) => !queued.has(index));
      await inParallel(waiting, PUSHES_AT_ONCE, async ({ item, index }) => {
        await this.#pushItem(names, item, pieces.get(item) ?? null);
        queued.add(index);
      });
    });
  }

  async take(queue: string, limit: number, leaseMs: number): Promise<readonly WorkItem[]> {
    const names = this.#deps.names.queue(queue);
    const messages = await this.#try(TAKE_WITHIN_MS, async () => {
      await this.#ensureConsumer(names);
      return this.#pull(names, limit);
    });
    if (messages.length === 0) await this.#sweep(names);
    if (leaseMs !== LEASE_MS) await this.#settle(messages, { againAfterMs: leaseMs });
    const items = await inParallel(messages, 8, (message) => this.#open(queue, names, message));
    return items.filter((item) => item !== null);
  }

  async done(queue: string, ids: readonly string[]): Promise<void> {
    const names = this.#deps.names.queue(queue);
    await inParallel(ids, SETTLES_AT_ONCE, (id) => this.#try(TAKE_WITHIN_MS, () => this.#forgetItem(queue, names, id)));
  }

  async depth(queue: string): Promise<number> {
    const names = this.#deps.names.queue(queue);
    const info = await this.#try(TAKE_WITHIN_MS, () => this.#deps.jetstream.info(names.stream, names.pieces));
    return info === null ? 0 : info.state.messages - (info.state.subjects?.[names.pieces] ?? 0);
  }

  follow(queue: string, wake: () => Promise<void>): Subscription {
    return this.#deps.channelOf(queue).follow(wake);
  }

  /** The consumer may be where the newest items are not yet: those that were pushed before are waited for. */
  async #pull(names: QueueNames, limit: number): Promise<readonly PulledMessage[]> {
    const { jetstream, connection } = this.#deps;
    for (let left = BEHIND_ATTEMPTS; ; left -= 1) {
      const messages = await jetstream.pull(names.stream, CONSUMER, limit);
      if (messages.length > 0 || connection.facts?.cluster == null || left === 0) return messages;
      const delivered = await jetstream.delivered(names.stream, CONSUMER);
      if ((await jetstream.next(names.stream, names.allItems, delivered + 1)) === null) return messages;
      await sleep(BEHIND_MS);
    }
  }

  async #writeLong(names: QueueNames, item: WorkItem, pieces: Map<WorkItem, Pieces>): Promise<void> {
    const { jetstream, connection } = this.#deps;
    const longest = pieceBytes(connection.facts?.maxPayloadBytes ?? ONE_MEGABYTE);
    if (item.body.length > longest) pieces.set(item, await writePieces(jetstream, names.pieces, item.body, longest));
  }

  async #pushItem(names: QueueNames, { id, body }: WorkItem, pieces: Pieces | null): Promise<void> {
    const head = { [ID]: formatText(id), ...(pieces === null ? {} : { [PIECES]: formatPieces(pieces) }) };
    const data = pieces === null ? body : NO_DATA;
    const result = await this.#deps.jetstream.publish(names.item(id), data, head, NOT_QUEUED);
    // It is queued already.
    if (result.outcome === 'conflict' && pieces !== null) await this.#removeUnused(names, id, pieces.seqs);
  }

  /** Null: it is not whole any more, and is dropped. */
  async #open(queue: string, names: QueueNames, message: PulledMessage): Promise<WorkItem | null> {
    const { jetstream, onError } = this.#deps;
    const id = parseText(message.header(ID));
    const pieces = parsePieces(message.header(PIECES));
    const body = pieces === null ? message.data : await readPieces(jetstream, names.stream, names.pieces, pieces);
    this.#rememberTaken(keyOf(queue, id), { seq: message.seq, reply: message.reply, pieces });
    if (body !== null) return { id, body };
    onError(new Error(`Pieces of ${id} are gone.`), `An item of the queue ${queue} was dropped: NATS lost part of it.`);
    await this.done(queue, [id]);
    return null;
  }

  async #forgetItem(queue: string, names: QueueNames, id: string): Promise<void> {
    const { jetstream } = this.#deps;
    const key = keyOf(queue, id);
    const taken = this.#taken.get(key) ?? (await this.#find(names, id));
    if (taken === null) return;
    await this.#removeAll(names, [taken.seq, ...(taken.pieces?.seqs ?? [])]);
    this.#taken.delete(key);
    // The consumer would find out by itself, when the lease ends.
    if (taken.reply !== '') await jetstream.settle(taken.reply, '+ACK').catch(() => undefined);
  }

  /** An item that another process took, or nobody. */
  async #find(names: QueueNames, id: string): Promise<Taken | null> {
    const there: StoredMessage | null = await this.#deps.jetstream.last(names.stream, names.item(id));
    if (there === null) return null;
    return { seq: there.seq, reply: '', pieces: parsePieces(there.header(PIECES)) };
  }

  /** Unless the item that is queued has these very pieces: what was stored though nobody heard of it is pushed again. */
  async #removeUnused(names: QueueNames, id: string, seqs: readonly number[]): Promise<void> {
    const there = await this.#find(names, id);
    if (there !== null && there.pieces?.seqs[0] !== seqs[0]) await this.#removeAll(names, seqs);
  }

  async #removeAll(names: QueueNames, seqs: readonly number[]): Promise<void> {
    for (const seq of seqs) {
      await this.#deps.jetstream.remove(names.stream, seq).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    }
  }

  async #settle(messages: readonly PulledMessage[], word: { readonly againAfterMs: number }): Promise<void> {
    // Without an answer the lease is the usual one.
    await inParallel(messages, SETTLES_AT_ONCE, ({ reply }) =>
      this.#deps.jetstream.settle(reply, word).catch(() => undefined),
    );
  }

  #rememberTaken(key: string, taken: Taken): void {
    this.#taken.delete(key);
    this.#taken.set(key, taken);
    for (const oldest of this.#taken.keys()) {
      if (this.#taken.size <= REMEMBERED) break;
      this.#taken.delete(oldest);
    }
  }

  /** Sees to the stream when there is nothing to take. Pieces whose item never came are left by a process that died: nothing else is in the queue, and they are old. */
  async #sweep(names: QueueNames): Promise<void> {
    const { jetstream } = this.#deps;
    const now = performance.now();
    if (now - (this.#sweptAt.get(names.stream) ?? Number.NEGATIVE_INFINITY) < LEFT_OVER_MS) return;
    this.#sweptAt.set(names.stream, now);
    const info = await jetstream.info(names.stream, names.pieces).catch(() => null);
    if (info !== null && !(await this.#strengthen(names, info)))
      this.#sweptAt.set(names.stream, now - LEFT_OVER_MS + WEAK_MS);
    const pieces = info?.state.subjects?.[names.pieces] ?? 0;
    if (info === null || pieces === 0 || info.state.messages > pieces) return;
    const newest = await jetstream.last(names.stream, names.pieces).catch(() => null);
    if (newest !== null && newest.storedAt < Date.now() - LEFT_OVER_MS)
      await jetstream.purge(names.stream, names.pieces, newest.seq + 1).catch(() => undefined);
  }

  async #ensureStream(names: QueueNames): Promise<void> {
    if (this.#streams.has(names.stream)) return;
    const { jetstream, connection, replicas } = this.#deps;
    await makeReplicated(wantedReplicas(replicas, connection), (count) => jetstream.create(this.#config(names, count)));
    this.#streams.add(names.stream);
  }

  /** Gives the stream the replicas that it could not have when it was made. False: it has them not yet. */
  async #strengthen(names: QueueNames, { config, cluster }: StreamInfo): Promise<boolean> {
    const { jetstream, connection, replicas } = this.#deps;
    const wanted = wantedReplicas(replicas, connection);
    if (config.num_replicas >= wanted || !isOwnCluster(connection, cluster?.name ?? null)) return true;
    return jetstream.update(this.#config(names, wanted)).then(
      () => true,
      () => false,
    );
  }

  #config(names: QueueNames, count: number): StreamConfig {
    return {
      name: names.stream,
      subjects: names.patterns,
      max_bytes: this.#deps.maxBytes,
      discard: 'new',
      num_replicas: count,
      republish: { src: names.news.source, dest: names.news.target, headers_only: true },
    };
  }

  async #ensureConsumer(names: QueueNames): Promise<void> {
    if (this.#consumers.has(names.stream)) return;
    await this.#ensureStream(names);
    await this.#deps.jetstream.createConsumer(names.stream, CONSUMER, names.allItems, LEASE_MS);
    this.#consumers.add(names.stream);
  }

  #forget(): void {
    this.#streams.clear();
    this.#consumers.clear();
  }
}

function keyOf(queue: string, id: string): string {
  return `${queue}\n${id}`;
}
