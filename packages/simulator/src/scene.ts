/** What all actors of one world have in common. */
import type { LastGoodStore } from '@flaghoist/client';
import { evaluate, flagKeys, type Ruleset } from '@flaghoist/evaluator';
import { hashHead, parseBlocks } from '@flaghoist/protocol/ruleset';
import { mintSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { Network } from './network.ts';
import { type PlaceSeen, Recording } from './recording.ts';
import { NO_SEAMS, type Seams } from './seams.ts';
import { SimulatedBus } from './simulated-bus.ts';
import { SimulatedDatabase } from './simulated-database.ts';
import type { Machine } from './machine.ts';
import { BEGINNING, World } from './world.ts';

export const ENVIRONMENTS = ['green', 'blue'] as const;
const MOMENT = { now: 0, random: 'simulated' };
const CONTEXT = { targetingKey: 'ann' };

export interface Key {
  readonly id: string;
  readonly text: string;
  readonly sha256: string;
}

export class Scene {
  readonly world: World;
  readonly recording: Recording;
  readonly network: Network;
  readonly bus: SimulatedBus;
  readonly seams: Seams;
  readonly keys: ReadonlyMap<string, Key>;
  database: SimulatedDatabase;
  /** Which database a head was made from: what was on its way when a backup was put back is of the old one. */
  readonly madeFrom = new Map<string, number>();
  #changes = 0;
  #epoch = 1;
  #backups: readonly SimulatedDatabase[] = [];
  /** What each reader was last seen to hold. Rulesets are never altered. */
  readonly #held = new Map<string, { readonly ruleset: Ruleset; readonly hash: string }>();

  constructor(seed: number, seams: Seams = NO_SEAMS) {
    this.seams = seams;
    this.world = new World(seed, (error) => this.threw('somebody', error));
    this.recording = new Recording(() => this.world.now);
    this.network = new Network(this.world, this.world.random);
    this.bus = new SimulatedBus(() => this.world.now);
    this.keys = new Map(
      ENVIRONMENTS.map((environment) => [environment, mintSecret('server', this.world.random.bytes(40), sha256)]),
    );
    this.database = this.watchDatabase(new SimulatedDatabase(ENVIRONMENTS));
    this.bus.onAppended = ({ body }) => {
      const head = parseBlocks(Buffer.from(body).toString())?.[0]?.head;
      if (head === undefined) return;
      const { environment, epoch, revision } = head;
      const place = { environment, epoch, revision, hash: hashHead(sha256, head) };
      const database = this.madeFrom.get(place.hash) ?? this.database.generation;
      this.recording.note('bus', { what: 'published', database, ...place });
    };
  }

  threw(who: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.recording.note(who, { what: 'threw', message: message.split('\n').slice(0, 3).join(' ') });
  }

  keyOf(environment: string): Key {
    const key = this.keys.get(environment);
    if (key === undefined) throw new Error(`There is no environment ${environment}.`);
    return key;
  }

  /** The time in seconds, as the server's restore has it, and never one twice. */
  nextEpoch(): number {
    this.#epoch = Math.max(this.#epoch + 1, Math.floor((BEGINNING + this.world.now) / 1_000));
    return this.#epoch;
  }

  nextChange(): string {
    return `change-${(this.#changes += 1)}`;
  }

  isKnownKey(id: string): boolean {
    return [...this.keys.values()].some((key) => key.id === id);
  }

  /** A backup is made; the last few are kept. */
  backUp(): void {
    this.#backups = [...this.#backups.slice(-2), this.database.copy()];
  }

  /** Puts a backup back; false: there is none. Who had the database open must have been stopped. */
  restore(): boolean {
    if (this.#backups.length === 0) return false;
    const backup = this.world.random.pick(this.#backups);
    const to = this.database.generation + 1;
    this.database = this.watchDatabase(backup.copy(to - backup.generation));
    const revisions = Object.fromEntries(
      backup.lines().map(({ environmentId, revision }) => [environmentId, revision]),
    );
    const from = backup.generation - 1;
    this.recording.note('operator', { what: 'restored', from, to, revisions, changes: backup.changes() });
    return true;
  }

  watchDatabase(database: SimulatedDatabase): SimulatedDatabase {
    database.onCommitted = ({ id, environment, edits }, { epoch, revision }) => {
      const { generation } = database;
      const committed = { environment, epoch, revision, change: id, edits };
      this.recording.note('database', { what: 'committed', database: generation, ...committed });
    };
    return database;
  }

  /** A store whose saves are part of the recording. */
  watchStore(machine: Machine, store: LastGoodStore): LastGoodStore {
    const watched: LastGoodStore = {
      ...store,
      save: async (chunks, keepPrevious) => {
        await store.save(chunks, keepPrevious);
        const place = placeInFile(chunks.join(''));
        if (place !== null) this.recording.note(machine.name, { what: 'saved', ...place });
      },
    };
    return this.seams.store(watched);
  }

  /** Notes what a reader holds, when that is something else than before. */
  looked(
    machine: Machine,
    environment: string,
    ruleset: Ruleset | undefined,
    place: PlaceSeen | null,
    from: 'disk' | 'wire' = 'wire',
  ): void {
    const reader = `${machine.name} ${machine.life} ${environment}`;
    if (ruleset === undefined || place === null) {
      if (this.#held.delete(reader)) this.recording.note(machine.name, { what: 'emptied' });
      return;
    }
    const before = this.#held.get(reader);
    if (before?.ruleset === ruleset && before.hash === place.hash) return;
    this.#held.set(reader, { ruleset, hash: place.hash });
    const values: Record<string, string> = {};
    for (const flag of [...flagKeys(ruleset)].sort()) values[flag] = this.evaluate(machine, ruleset, flag).value ?? '';
    this.recording.note(machine.name, { what: 'holds', from, ...place, values });
  }

  evaluate(machine: Machine, ruleset: Ruleset, flag: string) {
    try {
      const evaluation = evaluate(ruleset, flag, CONTEXT, MOMENT);
      const value = typeof evaluation.value === 'string' ? evaluation.value : null;
      return { ...evaluation, value };
    } catch (error) {
      this.threw(machine.name, error);
      return { value: null, reason: 'ERROR' as const };
    }
  }
}

function placeInFile(text: string): PlaceSeen | null {
  const head = parseBlocks(text.slice(text.indexOf('\n') + 1))?.[0]?.head;
  if (head === undefined) return null;
  const { environment, epoch, revision } = head;
  return { environment, epoch, revision, hash: hashHead(sha256, head) };
}
