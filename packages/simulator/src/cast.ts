/** Everybody in one world. */
import { AuthorActor } from './author-actor.ts';
import { ClientActor } from './client-actor.ts';
import { EdgeActor } from './edge-actor.ts';
import { InsightsActor } from './insights-actor.ts';
import { PublisherActor } from './publisher-actor.ts';
import { ENVIRONMENTS, type Scene } from './scene.ts';
import type { Machine } from './machine.ts';

export interface Cast {
  readonly scene: Scene;
  readonly author: AuthorActor;
  readonly publishers: readonly PublisherActor[];
  readonly edges: readonly EdgeActor[];
  readonly clients: readonly ClientActor[];
  readonly insights: InsightsActor;
}

/** What a process runs on, and how it begins and ends. */
export interface Actor {
  readonly machine: Machine;
  start(): void;
  kill(): void;
}

/** The second publisher is there to be started by a fault. */
export function createCast(scene: Scene): Cast {
  const { random } = scene.world;
  const edges = Array.from({ length: random.between(1, 2) }, (_, i) => new EdgeActor(scene, `edge-${i + 1}`));
  const clients = Array.from(
    { length: random.between(2, 3) },
    (_, i) => new ClientActor(scene, `client-${i + 1}`, i === 0 ? ENVIRONMENTS[0] : random.pick(ENVIRONMENTS), edges),
  );
  return {
    scene,
    author: new AuthorActor(scene),
    publishers: [new PublisherActor(scene, 'publisher-1'), new PublisherActor(scene, 'publisher-2')],
    edges,
    clients,
    insights: new InsightsActor(scene),
  };
}
