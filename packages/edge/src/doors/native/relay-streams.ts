/**
 * The streams of edges that follow this one: each carries several environments, with a cursor for every one of them.
 *
 * They are few, so a change is written to all of them at once, and before anything that the change itself decides: a patch
 * that takes a key away is the last thing that the key's stream carries of that environment.
 */
import type { ServerResponse } from 'node:http';
import type { Cursor } from '@flaghoist/protocol/ruleset';
import type { Environment } from '../../replica/environment.ts';
import { formatEvent } from '../../replica/events.ts';
import { catchUp, endInTurns, endOf, isOpen, NOWHERE, STREAM_HEADERS, type StreamsOptions } from './stream-duties.ts';

/** What a stream is to carry; `environment` null: it is not here, or not for this key. */
export interface Wanted {
  readonly id: string;
  readonly environment: Environment | null;
  /** Null: nothing is held there. */
  readonly cursor: Cursor | null;
}

interface Followed {
  readonly environment: Environment;
  readonly reset: Buffer;
  cursor: Cursor;
}

interface RelayStream {
  readonly response: ServerResponse;
  readonly keyId: string;
  readonly endsAt: number;
  readonly followed: Map<string, Followed>;
}

/** All of them together take four seconds at most, however many there are. */
const DRAIN_TURNS = 200;
const ENVIRONMENTS = formatEvent('environments', '-');

export class RelayStreams {
  readonly #options: StreamsOptions;
  readonly #streams = new Set<RelayStream>();
  #cut = 0;
  #opened = 0;
  #draining = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get opened(): number {
    return this.#opened;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Streams that were cut because their reader was too slow, since the start. */
  get cut(): number {
    return this.#cut;
  }

  count(environment: string): number {
    let count = 0;
    for (const { followed } of this.#streams) count += Number(followed.has(environment));
    return count;
  }

  *keyIds(): Generator<string> {
    for (const { keyId } of this.#streams) yield keyId;
  }

  /** Why no stream can be opened now with this key; null: one can. */
  refusal(keyId: string): 'draining' | 'full' | 'of_key' | null {
    const { maxStreams, maxKeyStreams } = this.#options.limits;
    if (this.#draining) return 'draining';
    if (this.#streams.size >= maxStreams) return 'full';
    const ofKey = [...this.#streams].filter((stream) => stream.keyId === keyId).length;
    return ofKey >= maxKeyStreams ? 'of_key' : null;
  }

  /** Answers with a stream: every head at once, then what the follower lacks of each environment. */
  open(response: ServerResponse, keyId: string, wanted: readonly Wanted[]): void {
    // Its 'close' is over: nobody would take the stream out again.
    if (response.destroyed) return;
    const stream: RelayStream = { response, keyId, endsAt: endOf(this.#options), followed: new Map() };
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, STREAM_HEADERS);
    response.flushHeaders();
    for (const { id, environment, cursor } of wanted) {
      if (environment === null) {
        send(response, resetOf(id));
        continue;
      }
      const followed = { environment, reset: resetOf(id), cursor: cursor ?? NOWHERE };
      stream.followed.set(id, followed);
      send(response, environment.headEvent());
      this.#advance(stream, followed);
    }
    this.#streams.add(stream);
    this.#opened++;
    response.on('close', () => this.#streams.delete(stream));
  }

  /** Something was applied to the environment: its edges have it when this returns. */
  wake({ id }: Environment): void {
    for (const stream of this.#streams) {
      const followed = stream.followed.get(id);
      if (followed !== undefined) this.#advance(stream, followed);
    }
  }

  /**
   * Those keys have changed: tells their streams, which leave environments that they may not follow any more and end when
   * there is nothing left to carry.
   */
  recheck(keyIds: readonly string[]): void {
    for (const stream of this.#streams) {
      if (!keyIds.includes(stream.keyId)) continue;
      if (isOpen(stream.response)) send(stream.response, ENVIRONMENTS);
      this.#recheck(stream);
    }
  }

  /** Repeats the heads, ends streams that are old or whose key has expired, cuts those not read. */
  beat(): void {
    const now = this.#options.now();
    for (const stream of this.#streams) {
      this.#recheck(stream);
      if (now >= stream.endsAt) stream.response.end();
      for (const followed of stream.followed.values())
        if (this.#advance(stream, followed)) send(stream.response, followed.environment.headEvent());
    }
  }

  /**
   * Ends every stream and opens no other. One by one, as long as they are few: each is an edge that asks the next one for
   * all its environments at once.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    const responses = [...this.#streams].map(({ response }) => response);
    await endInTurns(responses, Math.ceil(responses.length / DRAIN_TURNS), this.#options.random);
  }

  #recheck(stream: RelayStream): void {
    for (const [id, { reset }] of stream.followed) {
      if (this.#options.inForce(stream.keyId, id)) continue;
      stream.followed.delete(id);
      if (isOpen(stream.response)) send(stream.response, reset);
    }
    if (stream.followed.size === 0) stream.response.end();
  }

  /** Sends what the follower lacks; false when the stream is over. */
  #advance(stream: RelayStream, followed: Followed): boolean {
    const { environment, reset } = followed;
    const { window } = environment.forRelays;
    const maxBytes = this.#options.limits.streamBufferBytes;
    const outcome = catchUp(stream.response, followed, { window, newest: environment.cursor, reset, maxBytes, send });
    if (outcome === 'cut') this.#cut++;
    return outcome === 'sent';
  }
}

function resetOf(environment: string): Buffer {
  return formatEvent('reset', environment);
}

function send(response: ServerResponse, event: Buffer): void {
  response.write(event);
}
