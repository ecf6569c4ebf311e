/** One seed from its first event to its rest. */
import { type Cast, createCast } from './cast.ts';
import { Checker } from './checker.ts';
import type { Violation } from './violation.ts';
import { type Plan, planOf } from './plan.ts';
import type { Recorded } from './recording.ts';
import { ENVIRONMENTS, Scene } from './scene.ts';
import { NO_SEAMS, type Seams } from './seams.ts';

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly recording: readonly Recorded[];
  /** The same for every run of the seed. */
  readonly digest: string;
  readonly faults: readonly string[];
  readonly events: number;
  /** Milliseconds in the world: until everybody was at the newest, counted from when faults were over. */
  readonly settledMs: number | null;
  readonly simulatedMs: number;
}

/**
 * Everybody has to be at the newest this long after the last fault: five and a half minutes for a key that was refused,
 * and what the longest waits after that come to.
 */
export const SETTLE_LIMIT_MS = 480_000;
const LOOK_MS = 1_000;
/** Silence of 40 s ends a stream, and two seconds of doubt are stale; the rest is room for a poll that fails slowly. */
const UNHEARD_MS = 60_000;

export async function simulate(seed: number, seams: Seams = NO_SEAMS): Promise<Outcome> {
  const takeBack = seams.install();
  try {
    return await play(seed, seams);
  } finally {
    takeBack();
  }
}

async function play(seed: number, seams: Seams): Promise<Outcome> {
  const scene = new Scene(seed, seams);
  const checker = new Checker();
  const { world, recording } = scene;
  recording.onEntry = checker.see;
  const cast = createCast(scene);
  const plan = planOf(cast);
  recording.note('world', { what: 'world', details: `seed ${seed}: ${plan.describe}` });
  const isBroken = (): boolean => checker.violations.length > 0;
  begin(cast, plan);
  watch(cast);
  await world.run(plan.endsAt, isBroken);
  let settledMs: number | null = null;
  if (!isBroken()) {
    plan.heal();
    const healedAt = world.now;
    const isSettled = throttled(cast, () => isAtNewest(cast));
    if (await world.run(healedAt + SETTLE_LIMIT_MS, () => isBroken() || isSettled())) settledMs = world.now - healedAt;
    if (!isBroken()) await rest(cast, settledMs !== null, checker);
  }
  return {
    seed,
    violations: checker.violations,
    recording: recording.entries,
    digest: recording.digest(),
    faults: plan.begun,
    events: world.events,
    settledMs,
    simulatedMs: world.now,
  };
}

function begin({ scene, publishers: [publisher], edges, clients, insights }: Cast, plan: Plan): void {
  const { world } = scene;
  plan.schedule();
  publisher?.start();
  insights.start();
  for (const actor of [...edges, ...clients]) world.after(null, world.random.between(0, 800), () => actor.start());
}

/** Looks at what edges serve, and at clients that hear nothing, again and again. */
function watch(cast: Cast): void {
  const { world, recording } = cast.scene;
  world.after(null, LOOK_MS, () => {
    for (const edge of cast.edges) edge.look();
    for (const { machine, follower, heardAt } of cast.clients) {
      const ms = world.now - heardAt;
      if (follower?.freshness === 'fresh' && ms > UNHEARD_MS) recording.note(machine.name, { what: 'unheard', ms });
    }
    watch(cast);
  });
}

/** Looked at once in a simulated second: it costs more than most events. */
function throttled({ scene: { world } }: Cast, condition: () => boolean): () => boolean {
  let next = 0;
  return () => {
    if (world.now < next) return false;
    next = world.now + LOOK_MS;
    return condition();
  };
}

/** What is still missing until everybody is at the newest; empty: nothing. */
function missing({ scene, edges, clients, author }: Cast): readonly string[] {
  const late: string[] = author.isDone ? [] : ['a change has no answer'];
  const published = scene.database.publications.readPublications();
  for (const { environmentId, epoch, revision } of scene.database.lines()) {
    const at = published.get(environmentId);
    if (at?.revision !== revision || at.epoch !== epoch)
      late.push(`${environmentId} ${epoch}.${revision} is not published`);
  }
  for (const environment of ENVIRONMENTS) {
    const hash = published.get(environment)?.hash ?? '';
    for (const edge of edges)
      if (!edge.serves(environment, hash))
        late.push(`${edge.machine.name} does not serve the newest of ${environment}`);
  }
  for (const { machine, environment, follower } of clients) {
    const hash = published.get(environment)?.hash;
    if (follower?.ruleset.headHash !== hash || follower?.freshness !== 'fresh')
      late.push(`${machine.name} is ${follower?.state} and ${follower?.freshness} at ${follower?.ruleset.headText}`);
  }
  return late;
}

function isAtNewest(cast: Cast): boolean {
  return missing(cast).length === 0;
}

/** Nobody evaluates any more; what was counted gets the time to come up. */
async function rest(cast: Cast, isSettled: boolean, checker: Checker): Promise<void> {
  const { scene, clients, insights } = cast;
  if (!isSettled) {
    checker.fail('L', missing(cast).join('; '));
    return;
  }
  for (const client of clients) client.quieten();
  const isAccounted = (): boolean =>
    clients.every(({ instance, evaluations }) => insights.accounted(instance) >= evaluations) &&
    scene.bus.waiting('exposures') === 0;
  await scene.world.run(scene.world.now + SETTLE_LIMIT_MS, throttled(cast, isAccounted));
  for (const client of clients) client.sum();
  scene.recording.note('world', { what: 'rested' });
}
