/** The messages of one environment on the bus, as the requests of a follower. */
import type { Failure, FetchListener, StreamListener, Transport } from '@flaghoist/client';
import type { LogMessage } from '@flaghoist/bus';
import { formatCursor, headLinesOf, parseCursor, parseHead, type Sha256 } from '@flaghoist/protocol/ruleset';
import { createPoint } from '@flaghoist/runtime/points';

/** The end of a stream of the bus. */
export interface StreamHead {
  readonly position: number;
  readonly id: string;
}

export interface BusTransportOptions {
  readonly environment: string;
  readonly sha256: Sha256;
  readonly readFromCheckpoint: () => Promise<readonly LogMessage[]>;
  readonly readAfter: (position: number, limit: number) => Promise<readonly LogMessage[]>;
  /** Has the heads compared soon: `confirm` or `lose` is called. */
  readonly look: () => void;
  /** There is another newest message than before, and nobody listens to the stream. */
  readonly onNews: () => void;
}

/** The last message that was handed on, and the place it leads to. */
interface Tail extends StreamHead {
  /** Empty: it cannot be read. */
  readonly cursor: string;
  readonly headText: string;
  /** With its signature. */
  readonly headLines: string;
}

interface Stream {
  readonly listener: StreamListener;
  /** `finding`: where it begins is not known yet. `found`: the bus is asked whether that is still so. */
  state: 'finding' | 'found' | 'open' | 'over';
  reading: boolean;
}

const READ_MESSAGES = 50;
const LINE_FEED = 0x0a;

const taking = createPoint('replica.taking');
const taken = createPoint('replica.taken');

export class BusTransport implements Transport {
  readonly #options: BusTransportOptions;
  #tail: Tail | null = null;
  #newest: StreamHead | null = null;
  #stream: Stream | null = null;
  /** An end that lies before what was read already: believed when it is seen twice. */
  #shorter: StreamHead | null = null;

  constructor(options: BusTransportOptions) {
    this.#options = options;
  }

  fetch(etag: string | null, listener: FetchListener): () => void {
    let over = false;
    this.#options.readFromCheckpoint().then(
      (messages) => {
        if (!over) this.#answer(messages, etag, listener);
      },
      (error: unknown) => {
        if (!over) listener.onFailure(failure(describe(error)));
      },
    );
    return () => {
      over = true;
    };
  }

  connect(after: string, listener: StreamListener): () => void {
    const stream: Stream = { listener, state: 'finding', reading: false };
    this.#stream = stream;
    this.#find(stream, after).catch((error: unknown) => this.#fail(stream, describe(error)));
    return () => this.#leave(stream);
  }

  /** What the bus held when it was last asked. */
  see(newest: StreamHead | null): void {
    const before = this.#newest;
    this.#newest = newest;
    if (newest === null || newest.id === before?.id || this.#stream !== null) return;
    this.#options.onNews();
  }

  /** The bus was asked just now, and holds this. */
  confirm(newest: StreamHead | null): void {
    this.see(newest);
    const stream = this.#stream;
    if (stream === null || stream.state === 'finding') return;
    if (newest === null) {
      this.#fail(stream, `The bus does not hold environment ${this.#options.environment}.`);
      return;
    }
    if (stream.state === 'found') {
      stream.state = 'open';
      stream.listener.onOpen();
    }
    if (!stream.reading) this.#goOn(stream).catch((error: unknown) => this.#fail(stream, describe(error)));
  }

  /** Something is said to have come: it is read before the heads are known, if the stream goes on from somewhere. */
  readOn(): void {
    const stream = this.#stream;
    if (stream?.state !== 'open' || stream.reading || (this.#tail?.position ?? -1) < 0) return;
    this.#goOn(stream, true).catch((error: unknown) => this.#fail(stream, describe(error)));
  }

  /** The bus did not answer. */
  lose(error: unknown): void {
    if (this.#stream !== null && this.#stream.state !== 'finding') this.#fail(this.#stream, describe(error));
  }

  #answer(messages: readonly LogMessage[], etag: string | null, listener: FetchListener): void {
    const texts = messages.map(textOf);
    const damaged = texts.findIndex((text) => !isBlock(text));
    // What comes before a message that cannot be read is sound; the stream runs into the message itself.
    const whole = damaged < 0 ? texts : texts.slice(0, damaged);
    const last = messages[whole.length - 1];
    if (messages.length === 0) listener.onFailure(failure('The bus holds no checkpoint of this environment.', true));
    else if (last === undefined) listener.onRuleset('');
    else {
      this.#tail = tailOf(last);
      if (etag !== null && this.#options.sha256(this.#tail.headText) === etag) listener.onUnchanged();
      else {
        taking();
        listener.onRuleset(whole.join(''));
        taken();
      }
    }
  }

  async #find(stream: Stream, after: string): Promise<void> {
    if (this.#tail?.cursor !== after) {
      const messages = await this.#readTo(after);
      if (isOver(stream)) return;
      const tails = messages.map(tailOf);
      this.#tail = tails.findLast(({ cursor }) => cursor === after) ?? tails.at(-1) ?? null;
    }
    if (this.#tail === null) {
      this.#fail(stream, 'The bus holds no checkpoint of this environment.', true);
      return;
    }
    // A follower that is behind has to begin anew. One that is ahead is told so by the head.
    if (isAhead(this.#tail.cursor, after)) this.#tail = { ...this.#tail, cursor: '', position: -1 };
    stream.state = 'found';
    this.#options.look();
  }

  /**
   * Messages with the one that leads to this place, if there is such a one. Whoever comes from disk is most often where the
   * bus is, and one message tells: the newest checkpoint, and all after it, are 10 MB where there are 10,000 flags.
   */
  async #readTo(after: string): Promise<readonly LogMessage[]> {
    const before = (this.#newest?.position ?? 0) - 1;
    const messages = before < 0 ? [] : await this.#options.readAfter(before, 1);
    const [last] = messages;
    return last !== undefined && tailOf(last).cursor === after ? messages : this.#options.readFromCheckpoint();
  }

  async #goOn(stream: Stream, early = false): Promise<void> {
    stream.reading = true;
    try {
      if (early) await this.#readAfter(stream, this.#tail?.position ?? 0, false);
      if (isOver(stream)) return;
      for (let next = this.#next(); next !== 'wait'; next = this.#next()) {
        if (next === 'end') {
          stream.listener.onEvent({ event: 'head', data: this.#tail?.headLines ?? '' });
          return;
        }
        if (next === 'elsewhere') this.#reset(stream);
        else await this.#readAfter(stream, next.after, true);
        if (isOver(stream)) return;
      }
    } finally {
      stream.reading = false;
    }
  }

  /** `expected`: the head says that there is something; otherwise nothing proves nothing. */
  async #readAfter(stream: Stream, position: number, expected: boolean): Promise<void> {
    const messages = await this.#options.readAfter(position, READ_MESSAGES);
    if (isOver(stream) || (messages.length === 0 && !expected)) return;
    if (messages.length === 0 || !this.#deliver(stream, messages)) this.#reset(stream);
  }

  #reset(stream: Stream): void {
    this.#tail = null;
    stream.listener.onEvent({ event: 'reset', data: '' });
  }

  /** `elsewhere`: a stream that was made anew and is another one than was read before. */
  #next(): { readonly after: number } | 'end' | 'elsewhere' | 'wait' {
    const tail = this.#tail;
    const newest = this.#newest;
    if (tail === null || newest === null) return 'wait';
    if (tail.position < 0) return 'elsewhere';
    if (tail.position < newest.position) return { after: tail.position };
    if (tail.position === newest.position) return tail.id === newest.id ? 'end' : 'elsewhere';
    // Heads that were asked for before the last messages came say so too.
    const again = this.#shorter?.position === newest.position && this.#shorter.id === newest.id;
    this.#shorter = newest;
    return again ? 'elsewhere' : 'wait';
  }

  /** False when they do not lead on from where the stream is. */
  #deliver(stream: Stream, messages: readonly LogMessage[]): boolean {
    for (const message of messages) {
      const tail = tailOf(message);
      if (isOver(stream)) return true;
      if (message.position !== (this.#tail?.position ?? 0) + 1) return false;
      // A checkpoint of what is there already says nothing new, unless it is another ruleset at the same place.
      if (message.checkpoint && tail.cursor !== this.#tail?.cursor) return false;
      this.#tail = tail;
      if (this.#newest !== null && this.#newest.position < tail.position) this.#newest = tail;
      taking();
      if (message.checkpoint) stream.listener.onEvent({ event: 'head', data: tail.headLines });
      else stream.listener.onEvent({ event: 'patch', data: dataOf(message) });
      taken();
    }
    return true;
  }

  #leave(stream: Stream): void {
    stream.state = 'over';
    if (this.#stream === stream) this.#stream = null;
  }

  #fail(stream: Stream, message: string, missing = false): void {
    if (isOver(stream)) return;
    this.#leave(stream);
    stream.listener.onFailure(failure(message, missing));
  }
}

/** Asked anew after whatever may have ended it meanwhile. */
function isOver(stream: Stream): boolean {
  return stream.state === 'over';
}

function failure(message: string, missing = false): Failure {
  return { status: null, retryAfterMs: null, missing, message };
}

function isAhead(cursor: string, of: string): boolean {
  const [theirs, ours] = [parseCursor(cursor), parseCursor(of)];
  if (theirs === null || ours === null) return false;
  return (theirs.epoch - ours.epoch || theirs.revision - ours.revision) > 0;
}

function textOf({ body }: LogMessage): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}

/** So many lines, without the last LF. A part of the whole text would keep all of it, 10 MB, for as long as a tail is kept. */
function beginningOf({ body }: LogMessage, lines: number): string {
  let end = -1;
  for (let i = 0; i < lines; i++) {
    const next = body.indexOf(LINE_FEED, end + 1);
    if (next < 0) break;
    end = next;
  }
  return Buffer.from(body.buffer, body.byteOffset, Math.max(0, end)).toString();
}

function tailOf(message: LogMessage): Tail {
  const head = isBlock(textOf(message)) ? parseHead(beginningOf(message, 1)) : null;
  return {
    position: message.position,
    id: message.id,
    headText: beginningOf(message, 1),
    headLines: headLinesOf(`${beginningOf(message, 2)}\n`),
    cursor: head === null ? '' : formatCursor(head),
  };
}

/** As an event stream carries it: without its last line feed, and nothing where it is not one block. */
function dataOf(message: LogMessage): string {
  const text = textOf(message);
  return isBlock(text) ? text.slice(0, -1) : '';
}

/** Whether it is as a block is: one head in front, and lines that are ended. */
function isBlock(text: string): boolean {
  return text.startsWith('{') && text.endsWith('\n') && !text.includes('\n{');
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
