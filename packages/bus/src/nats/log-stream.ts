/**
 * The one JetStream stream that holds the log, made where it is missing.
 *
 * Each time it is made its subjects bear another name, the life. What somebody remembers of an earlier life, above all
 * sequences that an append expects, is then about subjects that nobody listens on: it cannot be taken for the new ones.
 */
import { randomBytes } from 'node:crypto';
import { type Connection, NatsUnavailable } from './connection.ts';
import { type JetStream, JetStreamRefused, type StreamConfig, type StreamInfo } from './jetstream.ts';
import type { LogSubjects, Names } from './names.ts';

export interface Life {
  readonly name: string;
  readonly subjects: LogSubjects;
}

export interface Look {
  readonly life: Life;
  readonly lastSeq: number;
  /** Messages that were there in this life and are not any more: trimmed, removed or lost. */
  readonly gone: number;
  readonly replicas: number;
  /** Of the servers that have it. */
  readonly cluster: string | null;
}

/** A leader that was chosen a moment ago may not have come to all that was acknowledged. */
const COMES_UP_WITHIN_MS = 2_000;

export interface LogStreamDeps {
  readonly connection: Connection;
  readonly jetstream: JetStream;
  readonly names: Names;
  /** Null: three in a cluster, one on a server by itself. */
  readonly replicas: number | null;
  readonly onError: (error: unknown, message: string) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
}

export class LogStream {
  readonly #deps: LogStreamDeps;
  #life: Life | null = null;
  /** The newest sequence that this process was told of, in which life. */
  #reached = { life: '', seq: 0 };
  /** Since when the log ends before that. */
  #shorterSince: number | null = null;
  #replicas = 1;

  constructor(deps: LogStreamDeps) {
    this.#deps = deps;
  }

  get name(): string {
    return this.#deps.names.log;
  }

  /** As it was when it was last looked at. */
  async life(): Promise<Life> {
    return this.#life ?? (await this.look()).life;
  }

  forget(): void {
    this.#life = null;
  }

  /** As its leader has it now. A stream that is missing is made. */
  async look(): Promise<Look> {
    const { jetstream, names } = this.#deps;
    const info = (await jetstream.info(names.log)) ?? (await this.#make());
    const name = info.config.subjects[0]?.split('.').at(-2) ?? '';
    if (this.#life?.name !== name) this.#life = { name, subjects: names.logSubjects(name) };
    const { last_seq: lastSeq, messages } = info.state;
    const { num_replicas: replicas } = info.config;
    this.#replicas = replicas;
    // One copy alone has nobody to differ from.
    if (this.#reached.life !== name || replicas === 1) this.#reached = { life: name, seq: 0 };
    this.#reach(this.#life, lastSeq);
    return { life: this.#life, lastSeq, gone: lastSeq - messages, replicas, cluster: info.cluster?.name ?? null };
  }

  /** The newest sequence of that life that this process was told of. */
  newestKnown(life: Life): number {
    return life.name === this.#reached.life ? this.#reached.seq : 0;
  }

  /**
   * Something was stored that was sent when `before` was the newest sequence known. Rejects with NatsUnavailable when the log
   * was shorter: see `lookToWrite`.
   */
  async stored(life: Life, seq: number, before: number): Promise<void> {
    this.#reach(life, seq);
    if (seq > before || this.#replicas === 1) return;
    const words = `A message got the sequence ${seq} when there was ${before}: the log's leader lost what others have.`;
    await this.remake(life, words);
    throw new NatsUnavailable(words);
  }

  #reach(life: Life, seq: number): void {
    if (life.name === this.#reached.life && seq > this.#reached.seq) this.#reached = { life: life.name, seq };
  }

  /**
   * As `look`, for those who write. A leader whose log ends before what was acknowledged has lost messages alone: the others
   * keep theirs under the sequences that it gives to new ones, and nobody mends that. So it rejects while the log is
   * shorter than it was, and deletes one that stays so: the next look makes it anew, and all is published again.
   */
  async lookToWrite(): Promise<Look> {
    const { life, seq } = this.#reached;
    const look = await this.look();
    if (look.life.name !== life || look.lastSeq >= seq || look.replicas === 1) {
      this.#shorterSince = null;
      return look;
    }
    const words = `The log ends at ${look.lastSeq}, and ended at ${seq}: its leader lost what others have.`;
    const now = this.#deps.now();
    this.#shorterSince ??= now;
    if (now - this.#shorterSince < COMES_UP_WITHIN_MS) throw new NatsUnavailable(words);
    await this.remake(look.life, words);
    return this.look();
  }

  /** Deletes the log, unless its life is another one by now. */
  async remake(life: Life, why: string): Promise<void> {
    const { jetstream, names, onError } = this.#deps;
    if ((await this.look()).life.name !== life.name) return;
    await jetstream.deleteStream(names.log);
    this.#shorterSince = null;
    this.forget();
    onError(
      new Error(why),
      'NATS lost part of what it had acknowledged: the log is made anew and all published again.',
    );
  }

  /** Gives the stream the replicas that it could not have when it was made, now that there may be servers for them. */
  async strengthen({ life, replicas, cluster }: Look): Promise<void> {
    const { connection } = this.#deps;
    const wanted = wantedReplicas(this.#deps.replicas, connection);
    if (replicas >= wanted || !isOwnCluster(connection, cluster)) return;
    // Until it works it is tried at the next look, and the state says how many there are.
    await this.#deps.jetstream.update(this.#config(life.name, wanted)).catch(() => undefined);
  }

  async #make(): Promise<StreamInfo> {
    const { jetstream, names, connection, replicas } = this.#deps;
    const name = randomBytes(6).toString('base64url');
    await makeReplicated(wantedReplicas(replicas, connection), (count) => jetstream.create(this.#config(name, count)));
    const info = await jetstream.info(names.log);
    if (info === null) throw new NatsUnavailable(`The stream ${names.log} was made and is not there yet.`);
    return info;
  }

  #config(life: string, replicas: number): StreamConfig {
    const { names } = this.#deps;
    return {
      name: names.log,
      subjects: names.logPatterns(life),
      max_bytes: -1,
      discard: 'old',
      num_replicas: replicas,
      republish: { src: names.logNews.source, dest: names.logNews.target, headers_only: true },
    };
  }
}

/**
 * Whether a stream is where this process is connected. A leaf node calls itself a cluster, and behind it may be a server by
 * itself, which takes any number of replicas and makes none.
 */
export function isOwnCluster(connection: Connection, cluster: string | null): boolean {
  return connection.facts?.cluster === cluster;
}

export function wantedReplicas(given: number | null, connection: Connection): number {
  return given ?? (connection.facts?.cluster == null ? 1 : 3);
}

/** A stream on one server is better than none: what is on it can be published again. */
export async function makeReplicated(wanted: number, make: (replicas: number) => Promise<unknown>): Promise<void> {
  try {
    await make(wanted);
  } catch (error) {
    if (wanted === 1 || !(error instanceof JetStreamRefused)) throw error;
    await make(1);
  }
}
