/** What is to happen in a world, drawn from its seed: changes, backups and faults, and when all of it is over. */
import type { Cast } from './cast.ts';
import { deletedFlag, type Edit, keyEdit, poisonFlag, soundFlag } from './edit.ts';
import type { Heal } from './fault.ts';
import { drawFault } from './faults.ts';
import { ENVIRONMENTS } from './scene.ts';

export interface Plan {
  readonly describe: string;
  /** Faults that began so far. */
  readonly begun: readonly string[];
  /** When no fault begins any more. */
  readonly endsAt: number;
  schedule(): void;
  /** Takes all faults back, starts whoever is down, and makes one more change in each environment. */
  heal(): void;
}

const FLAGS = 5;
const LENGTH_MS = 40_000;
const MOST_FAULT_MS = 30_000;

export function planOf(cast: Cast): Plan {
  const { scene, author } = cast;
  const { world } = scene;
  const { random } = world;
  const begun: string[] = [];
  const heals = new Set<Heal>();
  let number = 0;

  const change = (environment: string, edits: readonly Edit[]): void =>
    author.commit({ id: scene.nextChange(), environment, edits });
  const randomEdit = (environment: string): Edit => {
    const key = `flag-${random.below(FLAGS)}`;
    number += 1;
    if (random.chance(0.1)) return poisonFlag(environment, key, number);
    return random.chance(0.1) ? deletedFlag(key) : soundFlag(environment, key, number);
  };
  const fail = (): void => {
    const fault = drawFault(cast);
    begun.push(fault.name);
    scene.recording.note('world', { what: 'fault', fault: fault.name });
    const takeBack = fault.begin(cast);
    const heal = (): void => {
      if (!heals.delete(heal)) return;
      scene.recording.note('world', { what: 'healed', fault: fault.name });
      takeBack();
    };
    heals.add(heal);
    world.after(null, random.between(500, MOST_FAULT_MS), heal);
  };
  const changes = random.between(5, 14);
  const faults = random.between(1, 6);
  return {
    describe: `${cast.edges.length} edges, ${cast.clients.length} clients, ${changes} changes, ${faults} faults`,
    begun,
    endsAt: LENGTH_MS + 1_000,
    schedule() {
      author.machine.isUp = true;
      for (const environment of ENVIRONMENTS) {
        const { id, sha256 } = scene.keyOf(environment);
        const flags = Array.from({ length: FLAGS }, (_, i) => soundFlag(environment, `flag-${i}`, 0));
        change(environment, [keyEdit(id, sha256, false), ...flags]);
      }
      for (let i = 0; i < changes; i++)
        world.after(null, random.between(1_000, LENGTH_MS), () => {
          const environment = random.pick(ENVIRONMENTS);
          change(environment, [randomEdit(environment)]);
        });
      for (let i = 0; i < 2; i++) world.after(null, random.between(1_000, LENGTH_MS / 2), () => scene.backUp());
      if (scene.seams.hasBackDoor)
        world.after(null, LENGTH_MS / 2, () => {
          number += 1;
          const environment = random.pick(ENVIRONMENTS);
          cast.publishers[0]?.publishUnjudged(environment, poisonFlag(environment, 'flag-0', 2 * number + 1));
        });
      for (let i = 0; i < faults; i++) world.after(null, random.between(500, LENGTH_MS), fail);
    },
    heal() {
      for (const heal of heals) heal();
      for (const environment of ENVIRONMENTS) {
        number += 1;
        const { id, sha256 } = scene.keyOf(environment);
        // A backup that was put back may have been made while the key was revoked.
        change(environment, [keyEdit(id, sha256, false), soundFlag(environment, 'flag-0', number)]);
      }
    },
  };
}
