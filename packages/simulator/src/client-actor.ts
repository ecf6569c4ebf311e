/** An application with the SDK’s parts: the real follower, its copy on disk, the real counter and sender of exposures. */
import {
  createExposureCounter,
  createExposureSender,
  createFollower,
  type ExposureCounter,
  type Follower,
  type VerifiedRuleset,
} from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import type { ExposureBatch } from '@flaghoist/protocol/exposures';
import { createSha256, sha256 } from '@flaghoist/runtime/crypto';
import { createClientTransport } from './client-transport.ts';
import type { EdgeActor } from './edge-actor.ts';
import type { Scene } from './scene.ts';
import type { Reader, Send } from './seams.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { createSimulatedGenerations } from './simulated-generations.ts';
import { Machine } from './machine.ts';

const REGEX = createRegexEngine();
const EVALUATE_MS = 1_500;
const FLUSH_MS = 3_000;

export class ClientActor {
  readonly machine: Machine;
  readonly disk: SimulatedDisk;
  readonly environment: string;
  /** When an edge was last heard of, or this process began. */
  heardAt = 0;
  readonly #scene: Scene;
  readonly #edges: readonly EdgeActor[];
  #follower: Follower | null = null;
  #counter: ExposureCounter | null = null;
  #evaluations = 0;
  #requests = 0;
  #instance = '';
  /** What a planted bug shows instead of what the follower holds. */
  #shown: VerifiedRuleset | null = null;
  #isQuiet = false;

  constructor(scene: Scene, name: string, environment: string, edges: readonly EdgeActor[]) {
    this.#scene = scene;
    this.#edges = edges;
    this.environment = environment;
    this.machine = new Machine(name);
    this.disk = new SimulatedDisk(scene.world, this.machine, scene.seams.disksSync);
  }

  get evaluations(): number {
    return this.#evaluations;
  }

  get instance(): string {
    return this.#instance;
  }

  get follower(): Follower | null {
    return this.#follower;
  }

  start(): void {
    const { machine } = this;
    const { world, recording, network, seams } = this.#scene;
    machine.life += 1;
    machine.isUp = true;
    this.heardAt = world.now;
    this.#evaluations = 0;
    this.#instance = `${machine.name}-${machine.life}-of-the-simulator`;
    recording.note(machine.name, { what: 'began' });
    // What belongs to this key is known from here on only by what the server says: nobody may lie about that first.
    for (const edge of this.#edges)
      if (network.wire(machine, edge.machine).meddling === 'confuses')
        network.wire(machine, edge.machine).meddling = 'none';
    const transport = createClientTransport({
      world,
      network,
      machine,
      key: this.#scene.keyOf(this.environment).text,
      chooseEdge: () => world.random.pick(this.#edges),
      onAsked: (request) => this.#asked(request),
      onHeard: () => {
        this.heardAt = world.now;
      },
    });
    const reader: Reader = {
      ruleset: () => this.#ruleset(),
      show: (ruleset) => {
        this.#shown = ruleset;
        this.look();
      },
    };
    this.#shown = null;
    const send = this.#noteAccepted(transport.send);
    const parts = seams.client({ transport, timers: world.timersOf(machine), send }, reader);
    const store = createSimulatedGenerations(this.disk, 'ruleset', `${machine.name}-${machine.life}`);
    const follower = createFollower({
      sha256,
      transport: parts.transport,
      timers: parts.timers,
      random: world.random.next,
      regex: REGEX,
      lastGood: {
        store: this.#scene.watchStore(machine, store),
        createHasher: createSha256,
        pause: () => new Promise((resolve) => world.after(machine, 0, resolve)),
      },
      onLoaded: () => this.look('disk'),
      onApplied: () => this.look(),
      onFresh: () => recording.note(machine.name, { what: 'said', text: 'fresh' }),
      onStale: () => recording.note(machine.name, { what: 'said', text: 'stale' }),
      onProblem: ({ code, message }) => recording.note(machine.name, { what: 'said', text: `${code}: ${message}` }),
    });
    this.#follower = follower;
    world.after(machine, 0, () => void follower.start());
    this.#expose(parts.send);
    this.#evaluate();
  }

  kill(): void {
    this.#end('killed');
    this.#scene.network.cut(this.machine);
  }

  cutPower(): void {
    this.#end('power cut');
    this.#scene.network.forget(this.machine);
    this.disk.cutPower(this.#scene.world.random);
  }

  look(from: 'disk' | 'wire' = 'wire'): void {
    if (this.#follower === null) return;
    const { ruleset, head, headHash } = this.#ruleset();
    const place =
      head === null
        ? null
        : { environment: head.environment, epoch: head.epoch, revision: head.revision, hash: headHash };
    this.#scene.looked(this.machine, this.environment, head === null ? undefined : ruleset, place, from);
  }

  /** Evaluates no more. */
  quieten(): void {
    this.#isQuiet = true;
  }

  /** Says how many evaluations this process has made. */
  sum(): void {
    const counted = { instance: this.#instance, evaluations: this.#evaluations } as const;
    this.#scene.recording.note(this.machine.name, { what: 'counted', ...counted });
  }

  #ruleset(): VerifiedRuleset {
    if (this.#shown !== null) return this.#shown;
    if (this.#follower === null) throw new Error('The client is not there.');
    return this.#follower.ruleset;
  }

  #noteAccepted(send: Send): Send {
    return async (body) => {
      const answer = await send(body);
      if (answer.status !== 202) return answer;
      const { instance, sequence, rows, dropped } = JSON.parse(body) as ExposureBatch;
      const evaluations = rows.reduce((sum, { count }) => sum + count, 0);
      this.#scene.recording.note(this.machine.name, { what: 'accepted', instance, sequence, evaluations, dropped });
      return answer;
    };
  }

  #expose(send: Send): void {
    const { world } = this.#scene;
    const { machine } = this;
    const now = () => world.clockOf(machine);
    const counter = createExposureCounter({ instance: this.#instance, sdk: 'simulator/1', now, maxRows: 100 });
    this.#counter = counter;
    createExposureSender({
      counter,
      send,
      timers: world.timersOf(machine),
      random: world.random.next,
      flushMs: FLUSH_MS,
      maxBatches: 3,
    }).start();
  }

  #evaluate(): void {
    const { world, recording } = this.#scene;
    world.after(this.machine, world.random.between(EVALUATE_MS / 2, EVALUATE_MS * 2), () => {
      const follower = this.#follower;
      if (follower === null || this.#isQuiet) return;
      const flag = `flag-${world.random.below(5)}`;
      const evaluation = this.#scene.evaluate(this.machine, this.#ruleset().ruleset, flag);
      const { value, reason } = evaluation;
      recording.note(this.machine.name, { what: 'evaluated', flag, value, reason });
      this.#counter?.record(flag, evaluation, follower.ruleset.head?.revision ?? 0);
      this.#evaluations += 1;
      this.look();
      this.#evaluate();
    });
  }

  #asked(request: 'fetch' | 'connect'): () => void {
    const { recording } = this.#scene;
    const number = (this.#requests += 1);
    recording.note(this.machine.name, { what: 'asked', request, number });
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      recording.note(this.machine.name, { what: 'over', number });
    };
  }

  #end(what: 'killed' | 'power cut'): void {
    this.machine.life += 1;
    this.machine.isUp = false;
    this.#follower = null;
    this.#scene.recording.note(this.machine.name, { what });
  }
}
