import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendRequest, AppendResult, LogMessage, OrderedLog, Subscription } from '../index.ts';
import type { WakeChannel } from '../wake-channel.ts';
import type { Connection } from './connection.ts';
import { Heads } from './heads.ts';
import type { JetStream } from './jetstream.ts';
import type { LogRecord } from './log-record.ts';
import { LogReader } from './log-reader.ts';
import type { Life, LogStream } from './log-stream.ts';
import { createTag, LogWriter } from './log-writer.ts';
import { createRetrying, type Retrying } from './retry.ts';
import { Turns } from './turns.ts';

/** A cluster that lost a leader stores nothing for some 6 s, and was seen not to for 16 s. */
const APPEND_WITHIN_MS = 35_000;
/** Readers have what they had, and ask again by themselves. */
const READ_WITHIN_MS = 4_000;

/** Messages that are the first of their stream. */
const FIRST_AT_ONCE = 8;

/** What was removed a moment ago may still be at a replica: copies that differ do so for longer. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 300;

export interface NatsLogDeps {
  readonly connection: Connection;
  readonly jetstream: JetStream;
  readonly stream: LogStream;
  readonly channel: WakeChannel;
  readonly random: () => number;
  readonly onError: (error: unknown, message: string) => void;
}

/**
 * The ordered log in one JetStream stream, with a subject for each of its streams.
 *
 * A position is a header of the message, counted on by whoever appends it; the server refuses an append when
 * something was written that the appender has not seen, and that makes positions contiguous and `after` exact. An append is
 * tried for 35 s; when it rejects then, it is not known whether the message is there, and the same id again tells.
 */
export class NatsLog implements OrderedLog {
  readonly #deps: NatsLogDeps;
  readonly #heads: Heads;
  readonly #reader: LogReader;
  readonly #writer: LogWriter;
  readonly #try: Retrying;
  /** Appends of this process come one after the other, against each other they would be refused: but for first ones. */
  readonly #turns = new Turns(FIRST_AT_ONCE);

  constructor(deps: NatsLogDeps) {
    const { connection, jetstream, stream, random } = deps;
    this.#deps = deps;
    this.#try = createRetrying({ stopped: connection.hurried, random, forget: () => this.#forget() });
    this.#heads = new Heads(jetstream, stream);
    this.#reader = new LogReader(jetstream, stream, (life, last) => this.#remove(life, last));
    this.#writer = new LogWriter({ jetstream, stream, reader: this.#reader, connection });
    connection.onBreak(() => this.#forget());
  }

  get heardHeads(): Heads {
    return this.#heads;
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const tag = createTag();
    // What fails here is tried again below, which finds by the tag what was stored all the same.
    const begin = (): Promise<AppendResult | null> => this.#writer.begin(request, tag).catch(() => null);
    const begun = request.after === null ? await this.#turns.beside(begin) : null;
    return begun ?? this.#turns.alone(() => this.#append(request, tag));
  }

  async #append(request: AppendRequest, tag: string): Promise<AppendResult> {
    const result = await this.#try(APPEND_WITHIN_MS, () => this.#writer.append(request, tag));
    if (result.outcome === 'refused' && (request.after ?? null) !== null)
      await this.#try(READ_WITHIN_MS, () => this.#settle(request.stream));
    return result;
  }

  readAfter(stream: string, position: number, limit: number): Promise<readonly LogMessage[]> {
    return this.#readFrom(stream, position, () => this.#reader.readAfter(stream, position, limit));
  }

  readFromCheckpoint(stream: string): Promise<readonly LogMessage[]> {
    return this.#readFrom(stream, 0, () => this.#reader.readFromCheckpoint(stream));
  }

  heads(): ReturnType<OrderedLog['heads']> {
    return this.#try(READ_WITHIN_MS, () => this.#heads.read());
  }

  trim(stream: string, keep: number): Promise<void> {
    return this.#try(READ_WITHIN_MS, () => this.#writer.trim(stream, keep));
  }

  follow(wake: Parameters<OrderedLog['follow']>[0]): Subscription {
    return this.#deps.channel.follow(wake);
  }

  async #readFrom(
    stream: string,
    position: number,
    read: () => Promise<readonly LogMessage[]>,
  ): Promise<readonly LogMessage[]> {
    const found = await this.#try(READ_WITHIN_MS, read);
    if (found.length === 0) await this.#doubt(stream, position).catch(() => undefined);
    return found;
  }

  /** The leader has nothing after that position: whether the heads say so too. */
  async #doubt(stream: string, position: number): Promise<void> {
    const head = (await this.#heads.read()).get(stream);
    if (head !== undefined && head.position > position) await this.#settle(stream);
  }

  #forget(): void {
    this.#deps.stream.forget();
    this.#heads.forget();
    this.#writer.forget();
  }

  /**
   * A server whose disk was damaged, and that leads, has lost messages alone: others tell of them in the heads, what comes
   * after them is refused, and nobody can read them. Whoever remembers a longer log is told by `lookToWrite`; this is for
   * those who do not, and for messages that are gone from the middle.
   */
  async #settle(stream: string): Promise<void> {
    for (let looks = 1; ; looks += 1) {
      this.#heads.forget();
      const head = (await this.#heads.read()).get(stream);
      const { life, last } = await this.#reader.newest(stream);
      // A replica that is behind the leader tells of something older.
      if (head === undefined || head.position < (last?.position ?? 0) || head.id === last?.id) return;
      if (looks === LOOKS)
        return this.#deps.stream.remake(
          life,
          `Copies of the log differ after position ${last?.position ?? 0} of ${stream}.`,
        );
      await sleep(BETWEEN_LOOKS_MS * (0.5 + this.#deps.random()));
    }
  }

  /**
   * What is left of a stream whose newest checkpoint, or something after it, is gone serves nobody: without it the stream
   * counts as lost, and is published again.
   */
  async #remove(life: Life, last: Pick<LogRecord, 'stream' | 'position' | 'seq'>): Promise<void> {
    await this.#writer.remove(life, last);
    this.#heads.forget();
    this.#deps.onError(
      new Error(`Messages of ${last.stream} up to position ${last.position} were incomplete, and are removed.`),
      'NATS lost part of what it had acknowledged. It is published again.',
    );
  }
}
