/** An operator puts a backup of the database back: as the manual says, or without raising the epoch until somebody notices. */
import type { Cast } from './cast.ts';
import type { Heal } from './fault.ts';

function restore(cast: Cast): readonly Cast['publishers'][number][] | null {
  const { scene, publishers } = cast;
  const working = publishers.filter(({ machine }) => machine.isUp);
  for (const publisher of working) publisher.kill();
  if (scene.restore()) return working;
  for (const publisher of working) publisher.start();
  return null;
}

export function restoreWithNewEpoch(cast: Cast): Heal {
  const working = restore(cast);
  if (working === null) return () => undefined;
  raise(cast);
  for (const publisher of working) publisher.start();
  return () => undefined;
}

/** Two histories under one epoch: readers keep theirs and say so, until the epoch is raised. */
export function restoreWithoutNewEpoch(cast: Cast): Heal {
  const working = restore(cast);
  if (working === null) return () => undefined;
  for (const publisher of working) publisher.start();
  return () => {
    const now = cast.publishers.filter(({ machine }) => machine.isUp);
    for (const publisher of now) publisher.kill();
    raise(cast);
    for (const publisher of now) publisher.start();
  };
}

function raise({ scene }: Cast): void {
  for (const { environment, id, body } of scene.database.raiseEpoch(scene.nextEpoch()))
    scene.bus.appendAfterLast(environment, id, body);
}
