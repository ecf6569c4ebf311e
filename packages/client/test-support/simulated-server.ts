import { type Block, formatBlock, parseCursor } from '@flaghoist/protocol/ruleset';
import type { FakeClock } from '@flaghoist/testkit';
import type { Failure, FetchListener, StreamListener, Transport } from '../src/transport.ts';
import { type Edit, PublishedEnvironment } from '@flaghoist/testkit/published-environment';

const LATENCY_MS = 5;
const HEARTBEAT_MS = 15_000;

interface Stream {
  readonly listener: StreamListener;
  readonly stop: () => void;
}

/** The native door of one environment over a fake clock, with faults that a test switches on and off. */
export class SimulatedServer {
  /** How requests end; null: they are answered. */
  failure: Failure | null = null;
  /** Whether open streams carry anything. */
  mute = false;
  /** Rewrites what goes out. */
  tamper: (text: string) => string = (text) => text;
  /** Patches older than this many are gone. */
  keep = 100;
  environment: PublishedEnvironment;
  readonly requests: { readonly at: number; readonly what: string }[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly #clock: FakeClock;
  readonly #streams = new Set<Stream>();

  constructor(clock: FakeClock, edits: readonly Edit[]) {
    this.#clock = clock;
    this.environment = new PublishedEnvironment();
    this.environment.publish(edits);
  }

  readonly transport: Transport = {
    fetch: (etag, listener) =>
      this.#request(`fetch ${etag ?? '-'}`, () => this.#answer(etag, listener), listener.onFailure),
    connect: (after, listener) => this.#connect(after, listener),
  };

  get streams(): number {
    return this.#streams.size;
  }

  publish(edits: readonly Edit[]): Block {
    const block = this.environment.publish(edits);
    this.announce(block);
    return block;
  }

  /** Sends a patch to every open stream. */
  announce(block: Block): void {
    this.#broadcast(patchEvent(block));
  }

  /** Sends the head to every open stream, as a heartbeat does. */
  beat(): void {
    this.#broadcast(headEvent(this.environment));
  }

  send(text: string): void {
    this.#broadcast(text);
  }

  /** Ends every open stream. */
  cut(): void {
    for (const stream of this.#streams) {
      stream.stop();
      stream.listener.onFailure({ status: null, retryAfterMs: null, message: 'cut' });
    }
  }

  #request(what: string, answer: () => void, fail: (failure: Failure) => void): () => void {
    this.requests.push({ at: this.#clock.now(), what });
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    let waiting = true;
    const settle = (): void => {
      if (waiting) this.inFlight -= 1;
      waiting = false;
    };
    const cancel = this.#clock.setTimeout(() => {
      settle();
      if (this.failure === null) answer();
      else fail(this.failure);
    }, LATENCY_MS);
    return () => {
      cancel();
      settle();
    };
  }

  #answer(etag: string | null, listener: FetchListener): void {
    if (etag === this.environment.headHash) listener.onUnchanged();
    else listener.onRuleset(this.tamper(snapshot(this.environment)));
  }

  #connect(after: string, listener: StreamListener): () => void {
    const heartbeats = new Set<() => void>();
    const stream: Stream = {
      listener,
      stop: () => {
        for (const cancel of heartbeats) cancel();
        if (this.#streams.delete(stream)) this.inFlight -= 1;
      },
    };
    const beat = (): void => {
      heartbeats.clear();
      heartbeats.add(this.#clock.setTimeout(beat, HEARTBEAT_MS));
      this.#write(stream, headEvent(this.environment));
    };
    const open = (): void => {
      this.inFlight += 1;
      this.#streams.add(stream);
      listener.onOpen();
      if (!this.#streams.has(stream)) return;
      this.#write(stream, this.#resume(after));
      if (this.#streams.has(stream)) beat();
    };
    const cancel = this.#request(`connect ${after}`, open, listener.onFailure);
    return () => {
      cancel();
      stream.stop();
    };
  }

  #resume(after: string): string {
    const { epoch, revision } = this.environment.head;
    const cursor = parseCursor(after);
    if (cursor?.epoch !== epoch || cursor.revision > revision || cursor.revision < revision - this.keep)
      return 'event: reset\ndata:\n\n';
    let text = '';
    for (let next = cursor.revision + 1; next <= revision; next++) text += patchEvent(this.environment.patch(next));
    return text;
  }

  #broadcast(text: string): void {
    for (const stream of this.#streams) this.#write(stream, text);
  }

  #write(stream: Stream, text: string): void {
    if (!this.mute && text !== '') stream.listener.onText(this.tamper(text));
  }
}

export function snapshot(environment: PublishedEnvironment): string {
  return textOf(environment.full());
}

export function patchEvent(block: Block): string {
  const lines = textOf(block).slice(0, -1).split('\n');
  return `event: patch\nid: ${block.head.epoch}.${block.head.revision}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}

/** A block as it is sent. */
export function textOf({ headText, entities, signature }: Block): string {
  return formatBlock(headText, entities, signature ?? null);
}

export function headEvent(environment: PublishedEnvironment): string {
  const lines = textOf({ ...environment.full(), entities: [] }).slice(0, -1);
  return `event: head\ndata: ${lines.replace('\n', '\ndata: ')}\n\n`;
}
