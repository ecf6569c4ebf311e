/** Reading the messages of one stream of the log. What the reader returns was whole, and was there when it was asked. */
import type { LogMessage } from '../index.ts';
import type { JetStream } from './jetstream.ts';
import { type LogRecord, parseRecord } from './log-record.ts';
import type { Life, LogStream } from './log-stream.ts';
import { readPieces } from './pieces.ts';
import { inParallel } from './retry.ts';
import type { StoredMessage } from './stored-message.ts';

const AT_ONCE = 8;
/** Trims take messages away while they are read: that is begun anew as often. */
const ATTEMPTS = 5;

export interface NewestMessage {
  readonly life: Life;
  /** Null: the stream has no messages. */
  readonly last: LogRecord | null;
}

export class LogReader {
  readonly #jetstream: JetStream;
  readonly #stream: LogStream;
  /** Told that the stream's followers cannot be served from what is left of it. */
  readonly #onLost: (life: Life, last: LogRecord) => Promise<void>;

  constructor(
    jetstream: JetStream,
    stream: LogStream,
    onLost: (life: Life, last: LogRecord) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#jetstream = jetstream;
    this.#stream = stream;
    this.#onLost = onLost;
  }

  /** Null: the stream has no messages, or that life is over. */
  async newestIn(life: Life, stream: string): Promise<LogRecord | null> {
    const found = await this.#jetstream.last(this.#stream.name, life.subjects.messages(stream));
    return found === null ? null : parseRecord(found);
  }

  async newest(stream: string): Promise<NewestMessage> {
    for (;;) {
      const life = await this.#stream.life();
      const last = await this.newestIn(life, stream);
      if (last !== null) return { life, last };
      // Nothing is there, or the life that was known is over.
      const { life: now } = await this.#stream.look();
      if (now.name === life.name) return { life, last: null };
    }
  }

  /** The record of a sequence that is of this stream. */
  async record(life: Life, stream: string, seq: number): Promise<LogRecord | null> {
    const found = await this.#jetstream.at(this.#stream.name, seq);
    return found === null ? null : ofStream(found, life, stream);
  }

  /**
   * Sequences of the messages from a position to `last`, in order. Those that are trimmed may be among the first, or
   * missing: `first` is the position of the first one.
   */
  async sequences(
    life: Life,
    last: LogRecord,
    from: number,
  ): Promise<{ readonly first: number; readonly seqs: readonly number[] }> {
    const newestFirst = [last.seq];
    let oldest: LogRecord | null = last;
    const wanted = last.position - Math.max(1, from) + 1;
    while (oldest !== null && newestFirst.length < wanted) {
      const { before }: LogRecord = oldest;
      newestFirst.push(...before);
      const end = newestFirst.at(-1);
      oldest =
        before.length === 0 || end === undefined || newestFirst.length >= wanted
          ? null
          : await this.record(life, last.stream, end);
    }
    const seqs = newestFirst.slice(0, wanted).reverse();
    return { first: last.position - seqs.length + 1, seqs };
  }

  async readAfter(stream: string, position: number, limit: number): Promise<readonly LogMessage[]> {
    const { life, last } = await this.newest(stream);
    if (last === null || last.position <= position || limit < 1) return [];
    const { first, seqs } = await this.sequences(life, last, position + 1);
    const isPerhapsTrimmed = first < (last.newestCheckpoint?.position ?? 0);
    // Replicas still hand out for a while what is trimmed.
    const oldest = isPerhapsTrimmed ? await this.#oldest(life, stream) : null;
    const begin = Math.max(0, (oldest?.position ?? first) - first);
    return this.#messages(life, last, seqs.slice(begin, begin + limit));
  }

  async readFromCheckpoint(stream: string): Promise<readonly LogMessage[]> {
    for (let attempt = 1; ; attempt += 1) {
      const { life, last } = await this.newest(stream);
      const place = last?.newestCheckpoint ?? null;
      if (last === null || place === null) return [];
      const { seqs } = await this.sequences(life, last, place.position);
      const messages = await this.#messages(life, last, seqs);
      if (messages[0]?.position === place.position && messages.length === seqs.length) return messages;
      const now = await this.newest(stream);
      const isSame = now.life.name === life.name && now.last?.newestCheckpoint?.seq === place.seq;
      if (isSame || attempt === ATTEMPTS) {
        await this.#onLost(life, last);
        return [];
      }
    }
  }

  async #oldest(life: Life, stream: string): Promise<LogRecord | null> {
    const found = await this.#jetstream.next(this.#stream.name, life.subjects.messages(stream), 1);
    return found === null ? null : ofStream(found, life, stream);
  }

  /** Those that are there and whole. */
  async #messages(life: Life, last: LogRecord, seqs: readonly number[]): Promise<LogMessage[]> {
    const { stream } = last;
    const messages = await inParallel(seqs, AT_ONCE, async (seq) => {
      const record = seq === last.seq ? last : await this.record(life, stream, seq);
      return record === null ? null : this.#whole(life, record);
    });
    return messages.filter((message) => message !== null);
  }

  async #whole(life: Life, record: LogRecord): Promise<LogMessage | null> {
    const { stream, position, id, checkpoint, pieces, tag, data } = record;
    const body =
      pieces === null
        ? data
        : await readPieces(this.#jetstream, this.#stream.name, life.subjects.pieces(stream, tag), pieces);
    return body === null ? null : { stream, position, id, checkpoint, body };
  }
}

function ofStream(found: StoredMessage, life: Life, stream: string): LogRecord | null {
  return found.subject === life.subjects.messages(stream) ? parseRecord(found) : null;
}
