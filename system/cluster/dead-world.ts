/** Everything but edges and applications dies and stays dead, and those are killed and started again while they are asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createChangeWriter } from '../change-writer.ts';
import { askOverOfrep } from '../ofrep.ts';
import { untilSaved } from '../saved-ruleset.ts';
import type { Cluster, ClusterApplication } from './cluster.ts';
import { createDeadWorldTally, type DeadWorldOutcome, type DeadWorldTally } from './dead-world-tally.ts';
import { untilAtRest } from './rest.ts';
import { whoeverAnswers } from './whoever-answers.ts';

export interface DeadWorldPlan {
  readonly evaluations: number;
  /**
   * How long a process lives before it is killed, roughly. One that is killed twice within ten seconds of using a new ruleset
   * holds that for the cause, and goes on with the older one.
   */
  readonly livesMs: number;
  /** Absent: each is killed as often as there is time for. */
  readonly isKilledOnce?: boolean;
  readonly onProgress?: (text: string) => void;
}

/** Nobody has written it before, and nobody can after. */
export const LAST_VALUE = 1_000_000_000;
const OFREP_CALLERS = 2;
const ANSWERED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 10_000;

/** Resolves when so many evaluations were counted and each edge and each application was killed. Everybody has to be at rest. */
export async function outliveTheWorld(cluster: Cluster, plan: DeadWorldPlan): Promise<DeadWorldOutcome> {
  const { onProgress = () => undefined } = plan;
  const [flag = ''] = cluster.flags;
  await writeLast(cluster, flag);
  await endTheWorld(cluster);
  onProgress('Control plane, workers, PostgreSQL and NATS are dead.');
  const startedAt = performance.now();
  const tally = createDeadWorldTally(LAST_VALUE);
  const isOver = (): boolean =>
    tally.edgesKilled >= cluster.of('edge').length &&
    tally.applicationsKilled >= cluster.applications.length &&
    tally.answered() >= plan.evaluations;
  const telling = setInterval(() => onProgress(`${tally.answered()} of ${plan.evaluations}`), TELL_EVERY_MS);
  try {
    await Promise.all([
      killEdges(cluster, plan, tally, isOver),
      killApplications(cluster, plan, tally, isOver),
      ...Array.from({ length: OFREP_CALLERS }, () => callOverOfrep(cluster, flag, tally, isOver)),
    ]);
  } finally {
    clearInterval(telling);
  }
  expectDead(cluster);
  return tally.outcome(Math.round((performance.now() - startedAt) / 1_000));
}

/** Resolves when everybody has it, on disk too. */
async function writeLast(cluster: Cluster, flag: string): Promise<void> {
  const place = { project: 'shop', environment: 'production', flag };
  const writer = await createChangeWriter(whoeverAnswers(cluster.apis), place);
  const { revision } = await writer.write(LAST_VALUE);
  await untilAtRest(cluster, revision);
  const folders = [...cluster.of('edge'), ...cluster.applications].map(({ data }) => data);
  await Promise.all(folders.map((folder) => untilSaved(folder, `{"now":${LAST_VALUE}}`)));
}

async function endTheWorld({ members, nats, postgres }: Cluster): Promise<void> {
  await Promise.all([
    ...members.filter(({ roles }) => roles !== 'edge').map((member) => member.kill()),
    ...nats.nodes.filter((node) => node.alive()).map((node) => node.kill()),
    ...[postgres.primary, postgres.standby].filter((server) => server.alive()).map((server) => server.kill()),
  ]);
}

/** What somebody started again would make this prove nothing. */
function expectDead({ members, nats, postgres }: Cluster): void {
  const alive = [
    ...members.filter(({ roles, pid }) => roles !== 'edge' && pid !== null).map(({ name }) => name),
    ...nats.nodes.filter((node) => node.alive()).map(({ name }) => name),
    ...(postgres.primary.alive() || postgres.standby.alive() ? ['PostgreSQL'] : []),
  ];
  if (alive.length > 0) throw new Error(`not dead for the whole run: ${alive.join(', ')}`);
}

/** One at a time: who asks over OFREP needs one that lives. */
async function killEdges(
  cluster: Cluster,
  { livesMs, isKilledOnce = false }: DeadWorldPlan,
  tally: DeadWorldTally,
  isOver: () => boolean,
): Promise<void> {
  const edges = cluster.of('edge');
  const most = isKilledOnce ? edges.length : Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < most && !isOver(); turn++) {
    const edge = edges[turn % edges.length];
    await sleep(livesMs / edges.length);
    await edge?.kill();
    await edge?.start();
    await edge?.untilReady();
    tally.edgesKilled += 1;
  }
}

/** Beside that it counts what they have answered. */
async function killApplications(
  { applications, flags: [flag = ''] }: Cluster,
  { livesMs, isKilledOnce = false }: DeadWorldPlan,
  tally: DeadWorldTally,
  isOver: () => boolean,
): Promise<void> {
  const hurry = (one: ClusterApplication): Promise<void> => one.application.hurry(flag, { targetingKey: one.name });
  for (const one of applications) await hurry(one);
  let killedAt = performance.now();
  for (let turn = 0; !isOver(); ) {
    await sleep(LOOK_EVERY_MS);
    for (const one of applications) tally.see(one.name, await one.application.observed());
    const one = applications[turn % applications.length];
    if (one === undefined || performance.now() - killedAt < livesMs / applications.length) continue;
    if (isKilledOnce && turn === applications.length) continue;
    await one.restart();
    tally.begin(one.name, one.application.firstAnswer);
    await hurry(one);
    killedAt = performance.now();
    turn += 1;
  }
  for (const one of applications) tally.see(one.name, await one.application.rest());
}

async function callOverOfrep(
  { nginx, key }: Cluster,
  flag: string,
  tally: DeadWorldTally,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const answer = await askOverOfrep(nginx.url, key, flag, undefined, ANSWERED_WITHIN_MS).catch(
      (error: Error) => error,
    );
    tally.heard(answer);
  }
}
