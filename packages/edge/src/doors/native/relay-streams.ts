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

export interface RelayStreamsOptions {
  readonly limits: {
    readonly maxStreams: number;
    readonly maxKeyStreams: number;
    readonly streamBufferBytes: number;
    readonly streamMinAgeMs: number;
    readonly streamMaxAgeMs: number;
  };
  readonly now: () => number;
  readonly random: () => number;
  /** Whether a key may still follow an environment. */
  readonly inForce: (keyId: string, environment: string) => boolean;
}

/** What a stream is to carry; `environment` null: it is not here, or not for this key. */
export interface Wanted {
  readonly id: string;
  readonly environment: Environment | null;
  /** Null: nothing is held there. */
  readonly cursor: Cursor | null;
}

interface Followed {
  readonly environment: Environment;
  cursor: Cursor;
}

interface RelayStream {
  readonly response: ServerResponse;
  readonly keyId: string;
  readonly endsAt: number;
  readonly followed: Map<string, Followed>;
}

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
} as const;
const ENVIRONMENTS = formatEvent('environments', '-');
const NOWHERE: Cursor = { epoch: 0, revision: 0 };

export class RelayStreams {
  readonly #options: RelayStreamsOptions;
  readonly #streams = new Set<RelayStream>();
  #cut = 0;
  #draining = false;

  constructor(options: RelayStreamsOptions) {
    this.#options = options;
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
    const { now, random, limits } = this.#options;
    const age = limits.streamMinAgeMs + random() * (limits.streamMaxAgeMs - limits.streamMinAgeMs);
    const stream: RelayStream = { response, keyId, endsAt: now() + age, followed: new Map() };
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    for (const { id, environment, cursor } of wanted) {
      if (environment === null) {
        send(stream, resetOf(id));
        continue;
      }
      const followed = { environment, cursor: cursor ?? NOWHERE };
      stream.followed.set(id, followed);
      send(stream, environment.headEvent());
      this.#advance(stream, followed);
    }
    this.#streams.add(stream);
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
      if (isOpen(stream)) send(stream, ENVIRONMENTS);
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
        if (this.#advance(stream, followed)) send(stream, followed.environment.headEvent());
    }
  }

  /** Ends every stream and opens no other. */
  drain(): void {
    this.#draining = true;
    for (const { response } of this.#streams) response.end();
  }

  #recheck(stream: RelayStream): void {
    for (const id of stream.followed.keys()) {
      if (this.#options.inForce(stream.keyId, id)) continue;
      stream.followed.delete(id);
      if (isOpen(stream)) send(stream, resetOf(id));
    }
    if (stream.followed.size === 0) stream.response.end();
  }

  /** Sends what the follower lacks; false when the stream is over. */
  #advance(stream: RelayStream, followed: Followed): boolean {
    if (!isOpen(stream)) return false;
    const { environment } = followed;
    const { streamBufferBytes } = this.#options.limits;
    if (stream.response.writableLength > streamBufferBytes) {
      this.#cut++;
      stream.response.destroy();
      return false;
    }
    const { window } = environment.forRelays;
    // A follower that lacks much is better served by the compressed snapshot.
    const bytes = window.bytesSince(followed.cursor);
    const far = bytes !== null && bytes > streamBufferBytes / 2;
    for (let next = window.next(followed.cursor); next !== 'nothing'; next = window.next(followed.cursor)) {
      if (next === 'reset' || far) {
        send(stream, resetOf(environment.id));
        followed.cursor = environment.cursor ?? followed.cursor;
        return true;
      }
      send(stream, next.event);
      followed.cursor = next.cursor;
    }
    return true;
  }
}

function isOpen({ response }: RelayStream): boolean {
  return !response.writableEnded && !response.destroyed && response.socket?.writable !== false;
}

function resetOf(environment: string): Buffer {
  return formatEvent('reset', environment);
}

function send({ response }: RelayStream, event: Buffer): void {
  response.write(event);
}
