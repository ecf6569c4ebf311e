/** The publisher: the real one, with the real judging of the gate on this thread, over a simulated database and bus. */
import { createRegexEngine } from '@flaghoist/client/regex';
import { formatBlock } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import {
  type EntityVersion,
  EVERY_ENVIRONMENT,
  type Gate,
  Line,
  Publisher,
  type Proposal,
} from '@flaghoist/server/line';
import { loggerOf } from './edge-actor.ts';
import type { Edit } from './edit.ts';
import { forge } from './forged.ts';
import { Condition, Link } from './link.ts';
import type { Scene } from './scene.ts';
import { Machine } from './machine.ts';

/** Judging takes no time here: whether it takes too long is for the gate’s own tests. */
const CLOCK = { now: () => 0, onStep: () => undefined };
const REGEX = createRegexEngine();

export class PublisherActor {
  readonly machine: Machine;
  readonly bus = new Condition();
  readonly databaseWay = new Condition();
  readonly #scene: Scene;
  #unlisten: () => void = () => undefined;

  constructor(scene: Scene, name: string) {
    this.#scene = scene;
    this.machine = new Machine(name);
  }

  start(): void {
    const { machine } = this;
    const scene = this.#scene;
    const { world, recording, database, seams } = scene;
    machine.life += 1;
    machine.isUp = true;
    recording.note(machine.name, { what: 'began' });
    const { log } = scene.bus.connect(new Link(world, machine, 'The bus', this.bus), () => false);
    const way = new Link(world, machine, 'The database', this.databaseWay);
    const { publications } = database;
    const reads = seams.publisherReads({
      writtenAfter: (...asked) => way.ask(() => database.writtenAfter(...asked)),
    });
    const publisher = new Publisher({
      database: {
        listen: (_channel, hear) => {
          this.#unlisten = database.listen((environment) => way.tell(() => hear(environment)));
          return Promise.resolve(() => Promise.resolve());
        },
      },
      store: {
        readPublications: () => way.ask(() => publications.readPublications()),
        readHead: (environment, at) => way.ask(() => publications.readHead(environment, at)),
        readHeads: (environments) => way.ask(() => publications.readHeads(environments)),
        readWithholding: () => way.ask(() => publications.readWithholding()),
        readWithheld: (environment, revision) => way.ask(() => publications.readWithheld(environment, revision)),
        remember: (...asked) => way.ask(() => publications.remember(...asked)),
      },
      changes: {
        line: (environment) =>
          way.ask(() => linesOf(database).find(({ environmentId }) => environmentId === environment)),
        lines: () => way.ask(() => linesOf(database)),
        writtenAfter: async (...asked) => [...(await reads.writtenAfter(...asked))],
        entitiesAt: (...asked) => way.ask(() => database.entitiesAt(...asked)),
      },
      log: {
        ...log,
        append(request) {
          const [head = ''] = Buffer.from(request.body).toString().split('\n', 1);
          scene.madeFrom.set(sha256(head), database.generation);
          return log.append(request);
        },
      },
      logger: loggerOf((text) => recording.note(machine.name, { what: 'said', text })),
      now: () => new Date(world.clockOf(machine)),
      signingKey: null,
      gate: createGate(),
      // Nobody tells them apart here: several publish the same, and the bus keeps one of it.
      leases: EVERY_ENVIRONMENT,
    });
    world.after(machine, 0, () => void publisher.start());
  }

  /** Appends what somebody wrote to the bus as it is: only a planted bug has that. */
  publishUnjudged(environment: string, edit: Edit): void {
    const { database, bus } = this.#scene;
    const publication = database.publications.readPublications().get(environment);
    if (publication === undefined || edit.json === null) return;
    const { epoch, revision, hash } = publication;
    const entities = database.entitiesAt(environment, revision).filter(({ key }) => key !== edit.key);
    const poison = { kind: edit.kind, key: edit.key, json: edit.json, sha256: sha256(edit.json) };
    const head = {
      environment,
      epoch,
      revision: revision + 1,
      previous: hash,
      rules: '',
      access: '',
      engine: 1,
      confirmations: [],
    };
    const block = forge(head, [...entities, poison]);
    const id = `${environment}.${epoch}.${revision + 1}`;
    bus.appendAfterLast(environment, id, Buffer.from(formatBlock(block.headText, block.entities)));
  }

  kill(): void {
    this.machine.life += 1;
    this.machine.isUp = false;
    this.#unlisten();
    this.#scene.recording.note(this.machine.name, { what: 'killed' });
  }
}

/** What the gate’s worker does, without a worker. */
function createGate(): Pick<Gate, 'warm' | 'holds' | 'load' | 'next' | 'drop' | 'stop'> {
  const lines = new Map<string, Line>();
  return {
    warm: () => undefined,
    holds: (environment) => lines.has(environment),
    load(environment, at, entities: readonly EntityVersion[]) {
      const line = new Line(environment, at, entities, { createRegex: () => REGEX, clock: CLOCK });
      lines.set(environment, line);
      return Promise.resolve({ outcome: 'loaded', unprepared: line.unprepared });
    },
    next(environment, proposal: Proposal) {
      const line = lines.get(environment);
      if (line === undefined) throw new Error(`environment ${environment} was not loaded`);
      const judgement = line.next(proposal);
      if (!judgement.ok) return Promise.resolve({ outcome: 'refused', problem: judgement.problem });
      const { publication, head, text } = judgement.block;
      return Promise.resolve({ outcome: 'passed', block: { publication, head, body: Buffer.from(text) } });
    },
    drop: (environment) => void lines.delete(environment),
    stop: () => Promise.resolve(),
  };
}

/** Nothing is tried in a simulated environment. */
function linesOf(database: { lines(): readonly { environmentId: string; epoch: number; revision: number }[] }) {
  return database.lines().map((line) => ({ ...line, holdSeconds: null }));
}
