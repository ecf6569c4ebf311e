/** What lies between applications and edges: wires that delay, cut and swallow, and proxies that do worse. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Asked, requestOf, SimulatedResponse } from './exchange.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** What a proxy on the way does to answers. */
export type Meddling =
  | 'none'
  /** Holds what is streamed until the stream ends. */
  | 'buffers'
  /** Loses, repeats and swaps the events of a stream. */
  | 'mangles'
  /** Flips a character of what passes. */
  | 'corrupts'
  /** Answers itself, with what is no ruleset. */
  | 'answers'
  /** Answers with what it once saw, of this environment. */
  | 'remembers'
  /** Answers with what it saw of another environment. */
  | 'confuses';

export interface Wire {
  state: 'ok' | 'cut' | 'silent' | 'slow';
  meddling: Meddling;
}

export interface Server {
  readonly machine: Machine;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export interface Heard {
  readonly onHead: (status: number, headers: { readonly [name: string]: string }) => void;
  readonly onChunk: (text: string) => void;
  /** `isRefused`: nobody was there at all. */
  readonly onEnd: (isRefused: boolean) => void;
}

interface Connection {
  readonly wire: Wire;
  readonly client: Machine;
  readonly server: Machine;
  readonly end: () => void;
}

/** Answers of proxies that mean nothing. */
const NONSENSE: readonly (readonly [status: number, headers: { readonly [name: string]: string }, body: string])[] = [
  [404, { 'content-type': 'text/html' }, '<h1>Not found</h1>'],
  [200, { 'content-type': 'text/html' }, '<h1>Please sign in</h1>'],
  [200, { 'content-type': 'text/event-stream' }, ''],
  [200, { 'content-type': 'application/vnd.flaghoist.ruleset; charset=utf-8' }, ''],
  [200, { 'content-type': 'application/json' }, '{}'],
  [500, {}, ''],
  [502, {}, 'bad gateway'],
  [503, { 'retry-after': '7' }, ''],
  [429, { 'retry-after': '3' }, ''],
  [302, { location: '/login' }, ''],
  [304, {}, ''],
];
const DEAF = { onHead: () => undefined, onChunk: () => undefined, onEnd: () => undefined };
/** A connection attempt or an answer that got lost shows as nothing; the other side of a cut wire hears of it soon. */
const RESET_MS = 3;

export class Network {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #wires = new Map<string, Wire>();
  readonly #connections = new Set<Connection>();
  /** Snapshots that passed, by the key's text: what a cache may hold. */
  readonly #seen = new Map<string, string[]>();

  constructor(world: World, random: SeededRandom) {
    this.#world = world;
    this.#random = random;
  }

  wire(client: Machine, server: Machine): Wire {
    const name = `${client.name}-${server.name}`;
    const wire = this.#wires.get(name) ?? { state: 'ok', meddling: 'none' };
    this.#wires.set(name, wire);
    return wire;
  }

  /** The machine lost its power: nobody hears of anything. */
  forget(machine: Machine): void {
    for (const connection of this.#connections)
      if (connection.client === machine || connection.server === machine) this.#connections.delete(connection);
  }

  /** Ends the connections of a wire, or of a machine; both ends hear of it, unless their process is gone. */
  cut(where: Wire | Machine): void {
    for (const connection of this.#connections)
      if (connection.wire === where || connection.client === where || connection.server === where) connection.end();
  }

  /** The answer ends the exchange from the client's side; nothing is heard after it. */
  ask(client: Machine, server: Server, asked: Asked, heard: Heard): () => void {
    const wire = this.wire(client, server.machine);
    const delivery = this.#createDelivery(client, wire, asked, heard);
    const { machine } = server;
    const { life } = machine;
    const leaveServer = (ms: number): void => {
      // Whoever was started since knows nothing of it.
      if (machine.life === life) this.#world.after(machine, ms, () => response.destroy());
    };
    const response = new SimulatedResponse(delivery);
    const connection: Connection = {
      wire,
      client,
      server: server.machine,
      end: () => {
        this.#connections.delete(connection);
        delivery.lose();
        leaveServer(RESET_MS);
      },
    };
    if (wire.state === 'cut' || (!server.machine.isUp && wire.state !== 'silent')) {
      this.#world.after(client, RESET_MS, () => delivery.refuse());
      return () => delivery.leave();
    }
    this.#connections.add(connection);
    delivery.onOver = () => this.#connections.delete(connection);
    this.#world.after(server.machine, this.#delay(wire), () => {
      if (wire.state === 'silent' || delivery.isLeft) return;
      if (this.#answerInstead(wire, asked, delivery)) return;
      server.handle(requestOf(asked, '10.0.0.1'), response.asServerResponse());
      // A proxy that got no answer in time sends a request once more.
      if (wire.meddling === 'mangles' && asked.method === 'POST')
        server.handle(requestOf(asked, '10.0.0.1'), new SimulatedResponse(DEAF).asServerResponse());
    });
    return () => {
      delivery.leave();
      this.#connections.delete(connection);
      if (wire.state !== 'silent') leaveServer(this.#delay(wire));
    };
  }

  #answerInstead(wire: Wire, { url, headers }: Asked, delivery: Delivery): boolean {
    if (wire.meddling === 'answers') {
      delivery.say(...this.#random.pick(NONSENSE));
      return true;
    }
    if (wire.meddling !== 'confuses' && wire.meddling !== 'remembers') return false;
    if (url.startsWith('/native/v1/stream')) {
      // A cache passes no streams on: its clients ask for snapshots.
      delivery.say(502, {}, '');
      return true;
    }
    if (!url.startsWith('/native/v1/ruleset')) return false;
    const mine = headers['authorization'] ?? '';
    const whose = wire.meddling === 'confuses' ? [...this.#seen.keys()].find((key) => key !== mine) : mine;
    const old = this.#seen.get(whose ?? '');
    if (old === undefined) return false;
    delivery.say(200, { 'content-type': 'application/vnd.flaghoist.ruleset; charset=utf-8' }, this.#random.pick(old));
    return true;
  }

  #createDelivery(client: Machine, wire: Wire, asked: Asked, heard: Heard): Delivery {
    const delay = (): number => this.#delay(wire);
    const isRuleset = asked.url.startsWith('/native/v1/ruleset');
    const key = asked.headers['authorization'] ?? '';
    const onWhole = (status: number, body: string): void => {
      if (!isRuleset || status !== 200 || wire.meddling !== 'none') return;
      const seen = this.#seen.get(key) ?? [];
      this.#seen.set(key, [...seen.slice(-2), body]);
    };
    return new Delivery({ world: this.#world, random: this.#random, client, wire, heard, delay, onWhole });
  }

  #delay(wire: Wire): number {
    return wire.state === 'slow' ? this.#random.between(300, 6_000) : this.#random.between(1, 6);
  }
}

interface DeliveryOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly client: Machine;
  readonly wire: Wire;
  readonly heard: Heard;
  readonly delay: () => number;
  readonly onWhole: (status: number, body: string) => void;
}

/** An answer on its way: in order, and gone where the wire is silent. */
class Delivery {
  onOver: () => void = () => undefined;
  isLeft = false;
  readonly #options: DeliveryOptions;
  /** Of the process that asked. */
  readonly #life: number;
  #arrival = 0;
  #status = 0;
  #body = '';
  #isStream = false;
  #held: string[] = [];
  #isOver = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#life = options.client.life;
  }

  readonly onHead = (status: number, headers: { readonly [name: string]: string }): void => {
    this.#status = status;
    this.#isStream = headers['content-type'] === 'text/event-stream';
    const holds = this.#isStream && this.#options.wire.meddling === 'buffers';
    if (!holds) this.#send(() => this.#options.heard.onHead(status, headers));
    else this.#held.push('');
  };

  readonly onChunk = (chunk: Buffer): void => {
    const { wire } = this.#options;
    const text = chunk.toString();
    if (!this.#isStream) this.#body += text;
    if (this.#isStream && wire.meddling === 'buffers') this.#held.push(text);
    else for (const piece of this.#meddle(text)) this.#send(() => this.#options.heard.onChunk(piece));
  };

  readonly onEnd = (): void => {
    this.#options.onWhole(this.#status, this.#body);
    this.#send(() => this.#end(false));
  };

  say(status: number, headers: { readonly [name: string]: string }, body: string): void {
    this.#send(() => this.#options.heard.onHead(status, headers));
    if (body !== '') this.#send(() => this.#options.heard.onChunk(body));
    this.#send(() => this.#end(false));
  }

  /** The connection broke: the client hears so, and nothing that was under way. */
  lose(): void {
    const { world, client, wire } = this.#options;
    if (wire.state === 'silent' || client.life !== this.#life) return;
    world.after(client, RESET_MS, () => this.#end(false));
  }

  refuse(): void {
    this.#end(true);
  }

  leave(): void {
    this.isLeft = true;
    this.#isOver = true;
  }

  #end(isRefused: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onOver();
    this.#options.heard.onEnd(isRefused);
  }

  #send(deliver: () => void): void {
    const { world, client, wire, delay } = this.#options;
    if (wire.state === 'silent' || wire.state === 'cut' || client.life !== this.#life) return;
    this.#arrival = Math.max(this.#arrival, world.now + delay());
    world.after(client, this.#arrival - world.now, () => {
      if (!this.#isOver && wire.state !== 'silent') deliver();
    });
  }

  #meddle(text: string): readonly string[] {
    const { wire, random } = this.#options;
    if (wire.meddling === 'corrupts' && random.chance(0.5)) return [spoil(text, random)];
    if (wire.meddling !== 'mangles' || !this.#isStream) return [text];
    const choice = random.below(5);
    if (choice === 0) return [];
    if (choice === 1) return [text, text];
    if (choice === 2) {
      this.#held.push(text);
      return [];
    }
    return [text, ...this.#held.splice(0)];
  }
}

/** What stands before the value of a flag of the simulated world. */
const ANSWER = '"served":"';

/** Another character somewhere, but for heads: one that is not signed has nothing of its own that it would show by. */
function spoil(text: string, random: SeededRandom): string {
  // Half of the time where it does the most harm: in what a flag answers.
  const value = random.chance(0.5) ? text.lastIndexOf(ANSWER) : -1;
  const at = value < 0 ? random.below(text.length) : value + ANSWER.length + random.below(5);
  const line = text.slice(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at) + 1 || text.length);
  if (line.includes('{"environment":')) return text;
  return `${text.slice(0, at)}${text[at] === '#' ? '!' : '#'}${text.slice(at + 1)}`;
}
