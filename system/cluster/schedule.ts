/** One schedule of faults over a running cluster, while writers write and applications ask; and what is judged after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createChangeWriter } from '../change-writer.ts';
import type { ManagementApi } from '../management-api.ts';
import { until } from '../until.ts';
import type { Cluster } from './cluster.ts';
import { promote } from './database-faults.ts';
import type { Random } from './fault.ts';
import { chooseFault, type ChosenFault } from './faults.ts';
import type { Judgement } from './judge.ts';
import { Recorder } from './recorder.ts';

export interface SchedulePlan {
  readonly random: Random;
  /** From the first fault to the last moment at which one may begin. */
  readonly lastsMs: number;
  /** How many of the faults that there are, besides `promotes`. */
  readonly faults: number;
  /** The primary dies in the middle, for good. */
  readonly promotes: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface ScheduleOutcome extends Judgement {
  /** What happened, in order, with seconds since the start. */
  readonly faults: readonly string[];
  /** Of the faults. */
  readonly kinds: readonly string[];
  /** Since the one before. */
  readonly evaluations: number;
  /** Of all applications since they began, whoever asked. */
  readonly asked: number;
  readonly failures: readonly string[];
  /** The longest time between two acknowledged changes while the primary died and the standby was promoted; null: it lived. */
  readonly writesBackMs: number | null;
  /** The longest time between two acknowledged changes. */
  readonly longestPauseMs: number;
}

const LONGEST_FAULT_MS = 8_000;
const SHORTEST_FAULT_MS = 500;
const RESTS_WITHIN_MS = 240_000;
/** Writers rest a little, so that the machine has time for what is looked at. */
const WRITE_EVERY_MS = 20;

interface Planned {
  readonly at: number;
  readonly lastsMs: number;
  readonly fault: () => ChosenFault;
}

/** Resolves when all faults are over, everybody came to the newest revision and the recording was judged. */
export async function runSchedule(cluster: Cluster, plan: SchedulePlan): Promise<ScheduleOutcome> {
  const { onProgress = () => undefined } = plan;
  const recorder = new Recorder(cluster);
  const told: string[] = [];
  const kinds: string[] = [];
  const startedAt = performance.now();
  const tell = (what: 'fault' | 'healed', name: string): void => {
    recorder.note('the schedule', { what, fault: name });
    told.push(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s ${what === 'fault' ? '' : 'over: '}${name}`);
    onProgress(told.at(-1) ?? '');
  };
  await recorder.start();
  const before = await evaluationsOf(cluster);
  const writing = startWriters(cluster, recorder);
  const planned = planFaults(cluster, plan);
  let death: { readonly from: number; readonly to: number } | null = null;
  await Promise.all(
    planned.map(async ({ at, lastsMs, fault }) => {
      await sleep(at);
      const chosen = fault();
      kinds.push(chosen.kind);
      tell('fault', chosen.name);
      const from = performance.now();
      const heal = await chosen.begin();
      if (chosen.isForGood === true) death = { from, to: performance.now() };
      await sleep(lastsMs);
      await heal();
      if (chosen.isForGood !== true) tell('healed', chosen.name);
    }),
  );
  await writing.stop();
  await untilAtRest(cluster);
  await recorder.stop();
  const { postgres, database } = cluster;
  const server = death === null ? postgres.primary : postgres.standby;
  const judgement = await recorder.judge(Object.assign(new URL(server.url), { pathname: `/${database}` }).href);
  const seen = await evaluationsOf(cluster);
  return {
    ...judgement,
    faults: told,
    kinds,
    evaluations: seen.evaluations - before.evaluations,
    asked: seen.asked,
    failures: seen.failures,
    writesBackMs: death === null ? null : writing.longestPauseMs(death),
    longestPauseMs: writing.longestPauseMs({ from: 0, to: Number.POSITIVE_INFINITY }),
  };
}

function planFaults(cluster: Cluster, { random, lastsMs, faults, promotes }: SchedulePlan): readonly Planned[] {
  const planned: Planned[] = Array.from({ length: faults }, () => ({
    at: random() * lastsMs,
    lastsMs: SHORTEST_FAULT_MS + random() * (LONGEST_FAULT_MS - SHORTEST_FAULT_MS),
    // Chosen when its time has come: what is dead by then cannot be killed.
    fault: () => chooseFault(cluster, random),
  }));
  if (promotes) planned.push({ at: lastsMs / 2, lastsMs: 0, fault: () => ({ kind: 'promote', ...promote(cluster) }) });
  return planned.sort((a, b) => a.at - b.at);
}

/** One writer for each flag, who goes on where he is refused or not answered, at whichever control process does answer. */
function startWriters(cluster: Cluster, recorder: Recorder) {
  const acknowledgedAt: number[] = [performance.now()];
  const stopping = new AbortController();
  const writers = cluster.flags.map(async (flag, index) => {
    const place = { project: 'shop', environment: 'production', flag };
    const api = whoeverAnswers(cluster.apis, index);
    const writer = await createChangeWriter(api, place);
    let value = await currentValue(api, flag);
    while (!stopping.signal.aborted) {
      recorder.acknowledge(flag, await writer.write(++value));
      acknowledgedAt.push(performance.now());
      await sleep(WRITE_EVERY_MS);
    }
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(writers);
    },
    /** Between two acknowledgements, of pauses that touch this time. */
    longestPauseMs({ from, to }: { readonly from: number; readonly to: number }): number {
      const pauses = acknowledgedAt.map((at, index) => {
        const before = acknowledgedAt[index - 1] ?? at;
        return at > from && before < to ? at - before : 0;
      });
      return Math.round(Math.max(...pauses));
    },
  };
}

/** The next one is asked when one gives no answer, from `turn` on. Requests carry their idempotency key. */
function whoeverAnswers(apis: readonly ManagementApi[], turn = 0): Pick<ManagementApi, 'send'> {
  return {
    async send(...request) {
      const api = apis[turn % apis.length];
      if (api === undefined) throw new Error('a cluster has control processes');
      try {
        const answer = await api.send(...request);
        if (answer.status >= 500) turn++;
        return answer;
      } catch (error) {
        turn++;
        throw error;
      }
    },
  };
}

async function currentValue(api: Pick<ManagementApi, 'send'>, flag: string): Promise<number> {
  const { body } = await api.send('GET', `/projects/shop/environments/production/flags/${flag}`);
  return (body as { readonly variants: { readonly now: number } }).variants.now;
}

/** Resolves when every edge and every application has the newest revision; rejects with who has not. */
async function untilAtRest(cluster: Cluster): Promise<void> {
  const api = whoeverAnswers(cluster.apis);
  let behind: readonly string[] = [];
  await until('everybody at the newest revision', RESTS_WITHIN_MS, async () => {
    const answer = await api.send('GET', '/projects/shop/environments/production').catch(() => null);
    if (answer?.status !== 200) return undefined;
    const { revision } = answer.body as { readonly revision: number };
    const places = await placesOf(cluster);
    behind = [...places]
      .filter(([, place]) => place !== revision)
      .map(([name, at]) => `${name} at ${at} of ${revision}`);
    return behind.length === 0 ? true : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; behind: ${behind.join(', ') || 'no control process answers'}`);
  });
}

/** The revision that each edge and each application answers from. */
async function placesOf(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  const places = new Map<string, number>();
  for (const { name, url } of cluster.of('edge')) places.set(name, await revisionAt(url, cluster.key));
  for (const { name, application, flag } of cluster.applications) {
    const [answered] = await application.evaluate(flag, -1, [{ targetingKey: 'rest' }]);
    places.set(name, answered?.revision ?? 0);
  }
  return places;
}

async function revisionAt(url: string, key: string): Promise<number> {
  try {
    const answer = await fetch(`${url}/native/v1/ruleset`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(2_000),
    });
    await answer.arrayBuffer();
    return Number(answer.headers.get('flaghoist-revision')?.split('.')[1] ?? 0);
  } catch {
    return 0;
  }
}

async function evaluationsOf({ applications }: Cluster) {
  const seen = await Promise.all(applications.map(({ application }) => application.observed()));
  return {
    evaluations: seen.reduce((sum, { evaluations }) => sum + evaluations, 0),
    asked: seen.reduce((sum, { asked }) => sum + asked, 0),
    failures: seen.flatMap(({ failures }) => failures.map(({ errorCode, reason }) => `${reason} ${errorCode ?? ''}`)),
  };
}
