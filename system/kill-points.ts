/** A server and an edge that die at named points of their work, over and over, while changes go on. */
import type { PointName } from '@flaghoist/runtime/points';
import { atPoint } from './at-point.ts';
import { isToldToStop } from './result.ts';
import { awaitServer, launchServer, type RunningServer, type ServerPlace } from './running-server.ts';
import type { Scene } from './scene.ts';
import { within } from './until.ts';

/** Points of whoever writes and publishes. */
export const SERVER_POINTS = [
  'write.decided',
  'write.committed',
  'publish.judged',
  'publish.appended',
  'publish.remembered',
  'publish.checkpointed',
] as const satisfies readonly PointName[];

/** Points of an edge of its own. */
export const EDGE_POINTS = [
  'replica.taking',
  'replica.taken',
  'file.written',
  'file.moved',
  'file.renamed',
] as const satisfies readonly PointName[];

export interface Victim {
  /** Kills so far, by point. */
  readonly kills: ReadonlyMap<string, number>;
  /** Resolves when the last of them is over, and the program runs again and is not harmed any more. */
  readonly survivor: Promise<RunningServer>;
}

/** A program that is started, changes that go on, a point that is reached: on a busy machine. */
const DIES_WITHIN_MS = 120_000;
/** A point is met for the first, second or third time since a start; files are written once a second. */
const MOST_TIMES = 3;
const MOST_TIMES_OF_FILES = 2;

/**
 * Starts the program again and again, each time to die at the next of `points`, until it died `kills` times. Every point
 * has its turn before one has its second.
 */
export function startVictim(
  scene: Scene,
  place: ServerPlace,
  plan: {
    readonly points: readonly PointName[];
    readonly kills: number;
    readonly random: () => number;
    /** Sees to it that the point will be reached. */
    readonly prepare?: (point: PointName) => Promise<void>;
  },
): Victim {
  const { points, random } = plan;
  const kills = new Map<string, number>(points.map((point) => [point, 0]));

  async function run(): Promise<RunningServer> {
    for (let kill = 0; kill < plan.kills && !isToldToStop(); kill++) {
      const point = points[kill % points.length];
      if (point === undefined) throw new Error('a victim needs points');
      await plan.prepare?.(point);
      const count = 1 + Math.floor(random() * mostTimes(point));
      const program = launchServer(scene, { ...place, env: { ...place.env, ...atPoint(point, count, 'SIGKILL') } });
      const { code, signal, stderr } = await within(`a death at ${point}`, DIES_WITHIN_MS, program.ended);
      if (signal !== 'SIGKILL') throw new Error(`it ended by itself with ${code} before ${point}: ${stderr}`);
      kills.set(point, (kills.get(point) ?? 0) + 1);
      if ((kill + 1) % 50 === 0) console.log(`${kill + 1} kills at ${points[0]} and the points like it`);
    }
    return awaitServer(launchServer(scene, place));
  }

  return { kills, survivor: run() };
}

function mostTimes(point: PointName): number {
  // Of the first save alone, when there was one generation.
  if (point === 'file.moved') return 1;
  return point.startsWith('file.') ? MOST_TIMES_OF_FILES : MOST_TIMES;
}
