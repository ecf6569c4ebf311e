/** The newest message of every stream of the log, kept by following what comes after what is known. */
import type { Msg } from '@nats-io/transport-node';
import type { JetStream } from './jetstream.ts';
import { parseRecord } from './log-record.ts';
import type { Life, LogStream, Look } from './log-stream.ts';
import type { PulledMessage, StoredMessage } from './stored-message.ts';

export interface Head {
  readonly position: number;
  readonly id: string;
}

/** Beyond that it is quicker to read all of them. */
const STEPS = 200;
/** Following could miss what a server lost and wrote anew: all are read again as often, in milliseconds. */
const WHOLE_MS = 30_000;

export class Heads {
  readonly #jetstream: JetStream;
  readonly #stream: LogStream;
  #life = '';
  /** All messages up to this one are in `#heads`. */
  #seq = 0;
  #heads = new Map<string, Head>();
  /** What was handed out, until something changes. */
  #copy: ReadonlyMap<string, Head> | null = null;
  #readWholeAt = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(jetstream: JetStream, stream: LogStream) {
    this.#jetstream = jetstream;
    this.#stream = stream;
  }

  /** As the stream's leader had them after this was called. */
  read(): Promise<ReadonlyMap<string, Head>> {
    const turn = this.#turn.then(
      () => this.#read(),
      () => this.#read(),
    );
    this.#turn = turn;
    return turn;
  }

  forget(): void {
    this.#life = '';
  }

  /** A notification of the server: saves a question when it is about the next message. */
  hear(message: Msg): void {
    const header = (name: string): string => message.headers?.get(name) ?? '';
    const [subject, seq] = [header('Nats-Subject'), Number(header('Nats-Sequence'))];
    if (seq !== this.#seq + 1 || subject.split('.').at(-2) !== this.#life) return;
    this.#take({ subject, seq, header, data: message.data });
  }

  async #read(): Promise<ReadonlyMap<string, Head>> {
    const look = await this.#stream.look();
    const { life, lastSeq } = look;
    const isDue = performance.now() - this.#readWholeAt > WHOLE_MS;
    if (life.name !== this.#life || lastSeq < this.#seq || isDue) {
      await this.#readWhole(life);
      await this.#stream.strengthen(look);
    }
    await this.#catchUp(look);
    this.#copy ??= new Map(this.#heads);
    return this.#copy;
  }

  async #catchUp({ life, lastSeq }: Look): Promise<void> {
    for (let steps = 0; this.#seq < lastSeq; steps += 1) {
      if (steps === STEPS) {
        await this.#readWhole(life);
        continue;
      }
      const from = this.#seq + 1;
      const next = await this.#jetstream.nextAnywhere(this.#stream.name, life.subjects.allMessages, from);
      // Pieces come after the last message, or nothing: what was there is removed.
      if (next === null) this.#seq = Math.max(this.#seq, lastSeq);
      else this.#take(next);
    }
  }

  /** What one replica has. It may be behind: what it lacks comes after the last message that it has. */
  async #readWhole(life: Life): Promise<void> {
    const at = performance.now();
    const messages = await this.#jetstream.scan(this.#stream.name, life.subjects.allMessages, 'last_per_subject');
    this.#heads = new Map();
    this.#life = life.name;
    this.#seq = 0;
    this.#copy = null;
    for (const message of messages) this.#take(message);
    this.#readWholeAt = at;
  }

  #take(message: StoredMessage | PulledMessage | Parameters<typeof parseRecord>[0]): void {
    if (message.seq <= this.#seq) return;
    this.#seq = message.seq;
    const record = parseRecord(message);
    if (record === null) return;
    this.#heads.set(record.stream, { position: record.position, id: record.id });
    this.#copy = null;
  }
}
