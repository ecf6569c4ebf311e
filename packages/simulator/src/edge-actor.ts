/** An edge: the real one, on a simulated machine. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createEdge, type Edge } from '@flaghoist/edge';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { Condition, Link } from './link.ts';
import type { Server } from './network.ts';
import type { Scene } from './scene.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { createSimulatedGenerations, writeAtomically } from './simulated-generations.ts';
import { SimulatedSpool } from './simulated-spool.ts';
import { Machine } from './machine.ts';

/** A short window, so that followers fall out of it; little room, because nobody here needs more. */
const LIMITS = { windowPatches: 4, flushMs: 5_000, countedKeys: 10, countedAddresses: 10, recognisedKeys: 10 };

export class EdgeActor implements Server {
  readonly machine: Machine;
  readonly disk: SimulatedDisk;
  readonly bus = new Condition();
  isDeaf = false;
  readonly #scene: Scene;
  #edge: Edge | null = null;
  readonly #forgotten = new Set<string>();

  constructor(scene: Scene, name: string) {
    this.#scene = scene;
    this.machine = new Machine(name);
    this.disk = new SimulatedDisk(scene.world, this.machine, scene.seams.disksSync);
  }

  start(): void {
    const { machine, disk } = this;
    const scene = this.#scene;
    machine.life += 1;
    machine.isUp = true;
    const process = `${machine.name}-${machine.life}`;
    scene.recording.note(machine.name, { what: 'began' });
    const way = new Link(scene.world, machine, 'The bus', this.bus);
    const { log, queue } = scene.bus.connect(way, () => this.isDeaf);
    this.#forgotten.clear();
    const edge = createEdge({
      log: scene.seams.edgeLog(log, (environment) => this.#forgotten.add(environment)),
      queue,
      spoolDir: '',
      rulesetDir: null,
      logger: loggerOf((text) => scene.recording.note(machine.name, { what: 'said', text })),
      instance: `${process}-of-the-simulator`,
      confirmKey: (id) => way.ask(() => (scene.isKnownKey(id) ? 'known' : 'unknown')),
      now: () => scene.world.clockOf(machine),
      random: scene.world.random.next,
      limits: LIMITS,
      machine: {
        rulesets: {
          environments: async () =>
            [...new Set((await disk.list('')).map((name) => name.split('/')[0] ?? ''))].filter((id) => id !== 'spool'),
          forget: () => Promise.resolve(),
          readRevoked: (environment) => disk.read(`${environment}/revoked`),
          saveRevoked: (environment, text) => writeAtomically(disk, `${environment}/revoked`, text, null),
          open: (environment) =>
            scene.watchStore(machine, createSimulatedGenerations(disk, `${environment}/ruleset`, process)),
        },
        spool: new SimulatedSpool(disk),
        compress: (bytes) => Promise.resolve(bytes),
        collect: () => undefined,
        pause: () => new Promise((resolve) => scene.world.after(machine, 0, resolve)),
      },
    });
    this.#edge = edge;
    scene.world.after(machine, 0, () => void edge.start());
  }

  /** The process is gone, and what it had not written with it. */
  kill(): void {
    this.#end('killed');
    this.#scene.network.cut(this.machine);
  }

  /** The machine is gone, and what it had not synced with it. */
  cutPower(): void {
    this.#end('power cut');
    this.#scene.network.forget(this.machine);
    this.disk.cutPower(this.#scene.world.random);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#edge?.handle(request, response);
  }

  /** Whether it serves this head. */
  serves(environment: string, hash: string): boolean {
    const status = this.#edge?.status();
    return status?.environments.some(({ id, headHash }) => id === environment && headHash === hash) ?? false;
  }

  /** What it serves, for the checker. */
  look(): void {
    const edge = this.#edge;
    if (edge === null) return;
    for (const { id, epoch, revision, headHash } of edge.status().environments) {
      const ruleset = this.#forgotten.has(id) ? undefined : edge.ruleset(id);
      const isThere = epoch !== null && revision !== null && headHash !== null;
      const place = isThere ? { environment: id, epoch, revision, hash: headHash } : null;
      this.#scene.looked(this.machine, id, ruleset, place);
    }
  }

  #end(what: 'killed' | 'power cut'): void {
    this.machine.life += 1;
    this.machine.isUp = false;
    this.#edge = null;
    this.#scene.recording.note(this.machine.name, { what });
  }
}

interface Logged {
  readonly problem?: string;
  readonly error?: string;
  readonly err?: Error;
}

/** What an edge or a publisher logs as wrong is part of the recording. */
export function loggerOf(say: (text: string) => void): Logger {
  const quiet = (): void => undefined;
  const loud = ({ problem = '', error = problem, err }: Logged, text: string): void =>
    say(`${text} ${err === undefined ? error : err.message}`.trim());
  return { trace: quiet, debug: quiet, info: quiet, warn: loud, error: loud, fatal: loud } as unknown as Logger;
}
