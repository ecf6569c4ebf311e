/**
 * What the bus asks of JetStream, as its protocol has it since server 2.9: streams, messages by sequence or subject, and
 * consumers that are read once. Every request has a deadline.
 */
import { createInbox, headers as createHeaders, type Msg } from '@nats-io/transport-node';
import { type Connection, NatsUnavailable, NobodyThere } from './connection.ts';
import { fromDirect, fromKept, fromPull, type Kept, type PulledMessage, type StoredMessage } from './stored-message.ts';

/** JetStream refused, in its own words. */
export class JetStreamRefused extends Error {
  override readonly name = 'JetStreamRefused';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly max_bytes: number;
  readonly discard: 'old' | 'new';
  readonly num_replicas: number;
  readonly republish: { readonly src: string; readonly dest: string; readonly headers_only: true };
}

export interface StreamInfo {
  /** When this life of the stream began, RFC 3339. */
  readonly created: string;
  readonly config: { readonly subjects: readonly string[]; readonly num_replicas: number };
  readonly state: {
    readonly messages: number;
    readonly last_seq: number;
    /** Messages by subject, of those that were asked for. */
    readonly subjects?: Readonly<Record<string, number>>;
  };
  /** Absent: a server by itself. */
  readonly cluster?: {
    readonly name?: string;
    readonly leader?: string;
    /** Those that follow the leader. */
    readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[];
  };
}

/**
 * What has to be the newest sequence, 0 for none: of the whole stream, or of the subject. In a cluster servers before 2.10
 * compare that of a subject, unless it is 0, with what is stored and not with what is on its way: two writers may both pass.
 */
export interface Expected {
  readonly of: 'stream' | 'subject';
  readonly seq: number;
  /** Of the connection when that was known: with a connection the servers may lose what they had. Absent: it does not matter. */
  readonly breakCount?: number;
}

export type PublishResult = { readonly outcome: 'stored'; readonly seq: number } | { readonly outcome: 'conflict' };

type ApiAnswer<T> = T & {
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description: string };
};

const STREAM_NOT_FOUND = 10059;
const MESSAGE_NOT_FOUND = 10037;
const WRONG_LAST_SEQUENCE = 10071;
const WRONG_LAST_SEQUENCE_UNKNOWN = 10164;
const NAME_IN_USE = 10058;
const EXPECTED = { stream: 'Nats-Expected-Last-Sequence', subject: 'Nats-Expected-Last-Subject-Sequence' } as const;
const NANOSECONDS = 1_000_000;

const REQUEST_MS = 2_000;
/** A replica that does not answer a direct question is not waited for: the leader is asked. */
const DIRECT_MS = 700;
const PUBLISH_MS = 4_000;
const UNUSED_CONSUMER_MS = 10_000;
const SCAN_BATCH = 1_000;

export class JetStream {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Null: there is no such stream. */
  async info(stream: string, countedSubjects?: string): Promise<StreamInfo | null> {
    const filter = countedSubjects === undefined ? {} : { subjects_filter: countedSubjects };
    return this.#unless(STREAM_NOT_FOUND, this.#api<StreamInfo>(`STREAM.INFO.${stream}`, filter));
  }

  /** Makes a stream of files without other limits. False: there is one of that name already. */
  async create(config: StreamConfig): Promise<boolean> {
    const made = await this.#unless(NAME_IN_USE, this.#api(`STREAM.CREATE.${config.name}`, wholeConfig(config)));
    return made !== null;
  }

  /** Resolves when there is no such stream any more. */
  async deleteStream(stream: string): Promise<void> {
    await this.#unless(STREAM_NOT_FOUND, this.#api(`STREAM.DELETE.${stream}`, {}));
  }

  async update(config: StreamConfig): Promise<void> {
    await this.#api(`STREAM.UPDATE.${config.name}`, wholeConfig(config));
  }

  /** Resolves when the stream has stored it, or has not because the newest sequence is another one than expected. */
  async publish(
    subject: string,
    body: Uint8Array,
    head: Readonly<Record<string, string>>,
    expected?: Expected,
  ): Promise<PublishResult> {
    const headers = createHeaders();
    for (const [name, value] of Object.entries(head)) headers.set(name, value);
    if (expected !== undefined) headers.set(EXPECTED[expected.of], String(expected.seq));
    const answer = await this.#connection.request(subject, body, PUBLISH_MS, {
      headers,
      ...(expected?.breakCount === undefined ? {} : { breakCount: expected.breakCount }),
    });
    const { seq, error } = parse<{ seq: number }>(answer);
    if (error === undefined) return { outcome: 'stored', seq };
    if (error.err_code === WRONG_LAST_SEQUENCE || error.err_code === WRONG_LAST_SEQUENCE_UNKNOWN)
      return { outcome: 'conflict' };
    throw refusal(error);
  }

  /** The newest message of a subject, as the stream's leader has it. */
  last(stream: string, subject: string): Promise<StoredMessage | null> {
    return this.#ask(stream, { last_by_subj: subject });
  }

  /** The first message of a subject from a sequence on, as the leader has it. */
  next(stream: string, subject: string, seq: number): Promise<StoredMessage | null> {
    return this.#ask(stream, { seq, next_by_subj: subject });
  }

  /** As `next`, from any replica that has one; else from the leader. */
  async nextAnywhere(stream: string, subject: string, seq: number): Promise<StoredMessage | null> {
    return (await this.#askDirectly(stream, { seq, next_by_subj: subject })) ?? this.next(stream, subject, seq);
  }

  /** The message of a sequence. Null: it was removed, or is not there yet. */
  async at(stream: string, seq: number): Promise<StoredMessage | null> {
    return (await this.#askDirectly(stream, { seq })) ?? this.#ask(stream, { seq });
  }

  /** Removes a subject's messages before a sequence. */
  async purge(stream: string, subject: string, before: number): Promise<void> {
    await this.#api(`STREAM.PURGE.${stream}`, { filter: subject, seq: before });
  }

  /** Resolves when the message is not there any more. */
  async remove(stream: string, seq: number): Promise<void> {
    const request = this.#api(`STREAM.MSG.DELETE.${stream}`, { seq, no_erase: true });
    try {
      await request;
    } catch (error) {
      // Servers say "no message found" in several ways. The leader knows whether it is there.
      if (!(error instanceof JetStreamRefused) || (await this.#ask(stream, { seq })) !== null) throw error;
    }
  }

  /** The headers of all messages of a subject, or of the newest of each that matches, in order, as one replica has them. */
  async scan(stream: string, subject: string, which: 'all' | 'last_per_subject'): Promise<readonly PulledMessage[]> {
    const config = {
      deliver_policy: which,
      filter_subject: subject,
      headers_only: true,
      ack_policy: 'none',
      replay_policy: 'instant',
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: UNUSED_CONSUMER_MS * NANOSECONDS,
    };
    const { name, num_pending: pending } = await this.#api<{ readonly name: string; readonly num_pending: number }>(
      `CONSUMER.CREATE.${stream}`,
      { stream_name: stream, config },
    );
    const found: PulledMessage[] = [];
    try {
      while (found.length < pending) {
        const some = await this.pull(stream, name, Math.min(SCAN_BATCH, pending - found.length));
        if (some.length === 0) break;
        found.push(...some);
      }
    } finally {
      this.#api(`CONSUMER.DELETE.${stream}.${name}`, {}).catch(() => undefined);
    }
    return found;
  }

  /** Makes a consumer that hands each message to one puller, again after `ackMs` without word of it. */
  async createConsumer(stream: string, name: string, subject: string, ackMs: number): Promise<void> {
    const config = {
      durable_name: name,
      deliver_policy: 'all',
      filter_subject: subject,
      ack_policy: 'explicit',
      ack_wait: ackMs * NANOSECONDS,
      max_deliver: -1,
      max_ack_pending: -1,
      replay_policy: 'instant',
    };
    await this.#api(`CONSUMER.DURABLE.CREATE.${stream}.${name}`, { stream_name: stream, config });
  }

  /** The newest sequence that a consumer has handed out. */
  async delivered(stream: string, consumer: string): Promise<number> {
    const info = await this.#api<ConsumerInfo>(`CONSUMER.INFO.${stream}.${consumer}`, {});
    return info.delivered.stream_seq;
  }

  /** At most `most` messages that are there now, as the replica has it where the consumer is. Rejects with NobodyThere when there is no such consumer. */
  async pull(stream: string, consumer: string, most: number): Promise<readonly PulledMessage[]> {
    const connection = await this.#connection.up(REQUEST_MS);
    const pulled: PulledMessage[] = [];
    return new Promise((resolve, reject) => {
      const inbox = createInbox();
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        subscription.unsubscribe();
        settle();
      };
      const finish = (): void => end(() => resolve(pulled));
      const quiet = (): void => {
        if (pulled.length > 0) finish();
        // A server 2.9 says nothing when there is no such consumer.
        else end(() => reject(new NobodyThere(`The consumer ${consumer} of ${stream} does not answer.`)));
      };
      let timer = setTimeout(quiet, REQUEST_MS);
      const subscription = connection.subscribe(inbox, {
        callback: (error, message) => {
          if (error !== null) end(() => reject(new NatsUnavailable('The connection broke.', { cause: error })));
          else if (isStatus(message)) {
            const failure = pullFailure(message, consumer);
            if (failure === null || pulled.length > 0) finish();
            else end(() => reject(failure));
          } else {
            pulled.push(fromPull(message));
            if (pulled.length === most) finish();
            else {
              clearTimeout(timer);
              timer = setTimeout(quiet, REQUEST_MS);
            }
          }
        },
      });
      const request = JSON.stringify({ batch: most, no_wait: true });
      connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, request, { reply: inbox });
    });
  }

  /** Tells the consumer about a message that was pulled; resolves when it knows. */
  async settle(reply: string, word: '+ACK' | '+TERM' | { readonly againAfterMs: number }): Promise<void> {
    const text =
      typeof word === 'string' ? word : `-NAK ${JSON.stringify({ delay: Math.ceil(word.againAfterMs * NANOSECONDS) })}`;
    await this.#connection.request(reply, text, REQUEST_MS);
  }

  async #ask(stream: string, question: object): Promise<StoredMessage | null> {
    const request = this.#api<{ readonly message: Kept }>(`STREAM.MSG.GET.${stream}`, question);
    const answer = await this.#unless(STREAM_NOT_FOUND, this.#unless(MESSAGE_NOT_FOUND, request));
    return answer === null ? null : fromKept(answer.message);
  }

  /** Null: whoever was asked does not have it, or did not answer. */
  async #askDirectly(stream: string, question: object): Promise<StoredMessage | null> {
    try {
      const text = JSON.stringify(question);
      const message = await this.#connection.request(`$JS.API.DIRECT.GET.${stream}`, text, DIRECT_MS);
      return isStatus(message) ? null : fromDirect(message);
    } catch (error) {
      if (error instanceof NatsUnavailable) return null;
      throw error;
    }
  }

  async #api<T>(request: string, body: object): Promise<T> {
    const answer = parse<T>(await this.#connection.request(`$JS.API.${request}`, JSON.stringify(body), REQUEST_MS));
    if (answer.error !== undefined) throw refusal(answer.error);
    return answer;
  }

  async #unless<T>(code: number, work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof JetStreamRefused && error.code === code) return null;
      throw error;
    }
  }
}

interface ConsumerInfo {
  readonly delivered: { readonly stream_seq: number };
}

function wholeConfig(config: StreamConfig) {
  return {
    ...config,
    retention: 'limits',
    storage: 'file',
    allow_direct: true,
    max_consumers: -1,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    max_msg_size: -1,
    max_age: 0,
  };
}

function parse<T>(message: Msg): ApiAnswer<T> {
  return message.json<ApiAnswer<T>>();
}

/** A cluster without a leader, or that is short of something for a while, may do it later. */
function refusal(error: { readonly code: number; readonly err_code?: number; readonly description: string }): Error {
  const words = `JetStream: ${error.description} (${error.err_code ?? error.code}).`;
  if (error.code === 503 && error.err_code !== 10077 && error.err_code !== 10047) return new NatsUnavailable(words);
  return new JetStreamRefused(error.err_code ?? error.code, words);
}

/** An answer without a body that says how it went. */
function isStatus(message: Msg): boolean {
  return (message.headers?.code ?? 0) > 0 && message.data.length === 0;
}

/** Null: nothing is wrong, there is nothing more. */
function pullFailure(message: Msg, consumer: string): Error | null {
  const { code = 0, description = '' } = message.headers ?? {};
  if (code === 404 || code === 408) return null;
  const words = `${consumer}: ${description} (${code})`;
  return code === 503 || /consumer deleted/i.test(description) ? new NobodyThere(words) : new NatsUnavailable(words);
}
