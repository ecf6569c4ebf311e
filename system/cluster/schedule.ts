/** One schedule of faults over a running cluster, while writers write and applications ask; and what is judged after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createChangeWriter, insist } from '../change-writer.ts';
import type { ManagementApi } from '../management-api.ts';
import type { Cluster } from './cluster.ts';
import { promote } from './database-faults.ts';
import type { Random } from './fault.ts';
import { chooseFault, type ChosenFault } from './faults.ts';
import type { Judgement } from './judge.ts';
import { Recorder } from './recorder.ts';
import { untilAtRest } from './rest.ts';
import { whoeverAnswers } from './whoever-answers.ts';

export interface SchedulePlan {
  readonly random: Random;
  /** From the first fault to the last moment at which one may begin. */
  readonly lastsMs: number;
  /** How long one lasts at most. */
  readonly longestFaultMs: number;
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

const SHORTEST_FAULT_MS = 500;
/** Writers rest a little: more than is published at once only waits, for everybody at the end. */
const WRITE_EVERY_MS = 60;

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
  await untilAllAreOver(
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
  await untilAtRest(cluster, writing.newest());
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

/** Rejects with what failed first: nothing begins any more when somebody clears up after that. */
async function untilAllAreOver(faults: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(faults);
  await Promise.all(faults);
}

function planFaults(
  cluster: Cluster,
  { random, lastsMs, longestFaultMs, faults, promotes }: SchedulePlan,
): readonly Planned[] {
  const planned: Planned[] = Array.from({ length: faults }, () => ({
    at: random() * lastsMs,
    lastsMs: SHORTEST_FAULT_MS + random() * (longestFaultMs - SHORTEST_FAULT_MS),
    // Chosen when its time has come: what is dead by then cannot be killed.
    fault: () => chooseFault(cluster, random),
  }));
  if (promotes) planned.push({ at: lastsMs / 2, lastsMs: 0, fault: () => ({ kind: 'promote', ...promote(cluster) }) });
  return planned.sort((a, b) => a.at - b.at);
}

/** One writer for each flag, who goes on where he is refused or not answered, at whichever control process does answer. */
function startWriters(cluster: Cluster, recorder: Recorder) {
  const acknowledgedAt: number[] = [performance.now()];
  let newest = 0;
  const stopping = new AbortController();
  const writers = cluster.flags.map(async (flag, index) => {
    const place = { project: 'shop', environment: 'production', flag };
    const api = whoeverAnswers(cluster.apis, index);
    const writer = await createChangeWriter(api, place);
    let value = await currentValue(api, flag);
    while (!stopping.signal.aborted) {
      const made = await writer.write(++value);
      newest = Math.max(newest, made.revision);
      recorder.acknowledge(flag, made);
      acknowledgedAt.push(performance.now());
      await sleep(WRITE_EVERY_MS);
    }
  });
  const stopped = Promise.all(writers);
  // What a writer was refused is said when they are stopped, so that everything else comes to its end.
  stopped.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await stopped;
    },
    /** Revision that was acknowledged. */
    newest: () => newest,
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

async function currentValue(api: Pick<ManagementApi, 'send'>, flag: string): Promise<number> {
  const { body } = await insist(() => api.send('GET', `/projects/shop/environments/production/flags/${flag}`));
  return (body as { readonly variants: { readonly now: number } }).variants.now;
}

async function evaluationsOf({ applications }: Cluster) {
  const seen = await Promise.all(applications.map(({ application }) => application.observed()));
  return {
    evaluations: seen.reduce((sum, { evaluations }) => sum + evaluations, 0),
    asked: seen.reduce((sum, { asked }) => sum + asked, 0),
    failures: seen.flatMap(({ failures }) => failures.map(({ errorCode, reason }) => `${reason} ${errorCode ?? ''}`)),
  };
}
