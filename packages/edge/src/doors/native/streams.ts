/**
 * The open streams: each follower is at a cursor and is sent what its environment's window holds after it.
 *
 * Every event is one buffer that all streams share, written to the socket itself: going through the response would send
 * nothing before all streams of an environment had their turn, and takes 1.4 times as long. The answers are therefore
 * delimited by the connection's end, without chunks.
 */
import type { ServerResponse } from 'node:http';
import type { Cursor } from '@flaghoist/protocol/ruleset';
import { formatEvent } from '../../replica/events.ts';
import type { Environment } from '../../replica/environment.ts';
import { catchUp, endInTurns, endOf, NOWHERE, STREAM_HEADERS, type StreamsOptions } from './stream-duties.ts';

interface Stream {
  readonly response: ServerResponse;
  readonly environment: Environment;
  readonly keyId: string;
  readonly endsAt: number;
  cursor: Cursor;
}

/** The streams of one environment. */
interface Group {
  readonly streams: Set<Stream>;
  pumping: boolean;
  behind: boolean;
}

const RESET = formatEvent('reset', '-');
/** A write costs about 10 us: requests are served between slices of some 3 ms. */
const SLICE = 250;
/** 20,000 streams take 4 s. */
const DRAINED_AT_ONCE = 100;

export class Streams {
  readonly #options: StreamsOptions;
  readonly #groups = new Map<string, Group>();
  readonly #byKey = new Map<string, Set<Stream>>();
  #size = 0;
  #cut = 0;
  #opened = 0;
  #draining = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  /** Streams that were cut because their reader was too slow, since the start. */
  get cut(): number {
    return this.#cut;
  }

  /** Since the start. */
  get opened(): number {
    return this.#opened;
  }

  get size(): number {
    return this.#size;
  }

  count(environment: string): number {
    return this.#groups.get(environment)?.streams.size ?? 0;
  }

  /** Ids of the keys of all open streams. */
  keyIds(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** Why no stream can be opened now with this key; null: one can. */
  refusal(keyId: string): 'draining' | 'full' | 'of_key' | null {
    const { maxStreams, maxKeyStreams } = this.#options.limits;
    if (this.#draining) return 'draining';
    if (this.#size >= maxStreams) return 'full';
    return (this.#byKey.get(keyId)?.size ?? 0) >= maxKeyStreams ? 'of_key' : null;
  }

  /** Answers with a stream: the head at once, then what the follower lacks since its cursor. */
  open(response: ServerResponse, environment: Environment, keyId: string, cursor: Cursor | null): void {
    // Its 'close' is over: nobody would take the stream out again.
    if (response.destroyed) return;
    const stream = { response, environment, keyId, endsAt: endOf(this.#options), cursor: cursor ?? NOWHERE };
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { ...STREAM_HEADERS, 'flaghoist-revision': environment.current?.token ?? '' });
    response.socket?.cork();
    response.flushHeaders();
    send(response, environment.headEvent());
    this.#advance(stream);
    response.socket?.uncork();
    this.#add(stream);
    response.on('close', () => this.#remove(stream));
  }

  /** Something was applied to the environment. */
  wake(environment: Environment): void {
    const group = this.#groups.get(environment.id);
    if (group === undefined) return;
    group.behind = true;
    if (group.pumping) return;
    group.pumping = true;
    void this.#pump(group);
  }

  /** Ends the streams of those keys that may not read their environment any more. */
  recheck(keyIds: readonly string[]): void {
    for (const keyId of keyIds)
      for (const stream of this.#byKey.get(keyId) ?? [])
        if (!this.#options.inForce(keyId, stream.environment.id)) stream.response.end();
  }

  /** Repeats every environment's head, ends streams that are old or whose key has expired, cuts those not read. */
  async beat(): Promise<void> {
    const now = this.#options.now();
    let turn = 0;
    for (const { streams } of this.#groups.values())
      for (const stream of streams) {
        // Its own: an environment that was withdrawn and came back is another one, with other streams.
        const { environment } = stream;
        if (now >= stream.endsAt || !this.#options.inForce(stream.keyId, environment.id)) stream.response.end();
        else if (this.#advance(stream)) send(stream.response, environment.headEvent());
        if (++turn % SLICE === 0) await new Promise(setImmediate);
      }
  }

  /**
   * Ends every stream and opens no other. Some 5,000 a second, with jitter: their followers connect to other edges, which let
   * in no more at once.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    const open = [...this.#groups.values()].flatMap(({ streams }) => [...streams]);
    const responses = open.map(({ response }) => response);
    await endInTurns(responses, DRAINED_AT_ONCE, this.#options.random);
  }

  async #pump(group: Group): Promise<void> {
    // Several patches that arrive together are sent together.
    await Promise.resolve();
    while (group.behind) {
      group.behind = false;
      let turn = 0;
      for (const stream of group.streams) {
        this.#advance(stream);
        if (++turn % SLICE === 0) await new Promise(setImmediate);
      }
    }
    group.pumping = false;
  }

  /** Sends what the follower lacks; false when the stream is over. */
  #advance(stream: Stream): boolean {
    const { response, environment } = stream;
    const { window, cursor: newest } = environment;
    const maxBytes = this.#options.limits.streamBufferBytes;
    const outcome = catchUp(response, stream, { window, newest, reset: RESET, maxBytes, send });
    if (outcome === 'cut') this.#cut++;
    return outcome === 'sent';
  }

  #add(stream: Stream): void {
    const { environment, keyId } = stream;
    let group = this.#groups.get(environment.id);
    if (group === undefined) {
      group = { streams: new Set(), pumping: false, behind: false };
      this.#groups.set(environment.id, group);
    }
    group.streams.add(stream);
    const ofKey = this.#byKey.get(keyId) ?? new Set();
    this.#byKey.set(keyId, ofKey.add(stream));
    this.#size++;
    this.#opened++;
  }

  #remove(stream: Stream): void {
    const ofKey = this.#byKey.get(stream.keyId);
    if (ofKey?.delete(stream) !== true) return;
    if (ofKey.size === 0) this.#byKey.delete(stream.keyId);
    const { id } = stream.environment;
    const group = this.#groups.get(id);
    group?.streams.delete(stream);
    if (group?.streams.size === 0) this.#groups.delete(id);
    this.#size--;
  }
}

function send(response: ServerResponse, event: Buffer): void {
  // No socket yet: the answer before this one on the same connection is still being sent.
  if (response.socket === null) response.write(event);
  else response.socket.write(event);
}
