/** Many schedules, one after the other: each cluster lives until its primary has died. */
import { keepResult } from '../result.ts';
import { createRandom } from '../seeded-random.ts';
import { createStage } from '../stage.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { FAULT_KINDS } from './faults.ts';
import { runSchedule, type ScheduleOutcome } from './schedule.ts';

export interface FaultsOptions {
  readonly schedules: number;
  readonly seed: number;
  readonly stopping: AbortSignal;
  readonly print: (line: string) => void;
}

/** In the last of so many the primary dies, and with it the cluster ends. */
const SCHEDULES_OF_A_CLUSTER = 10;
const FLAGS = 4;
const LASTS_MS = 30_000;
const FAULTS = 7;

interface Sums {
  schedules: number;
  acknowledged: number;
  evaluations: number;
  /** Answers with an error, and what they said. */
  failures: string[];
  faults: number;
  writesBackMs: number[];
  longestPauseMs: number;
}

/** False when one broke an invariant. Ends with what it has when it is told to stop. */
export async function runFaults(options: FaultsOptions): Promise<boolean> {
  const { schedules, seed, stopping, print } = options;
  const sums: Sums = {
    schedules: 0,
    acknowledged: 0,
    evaluations: 0,
    failures: [],
    faults: 0,
    writesBackMs: [],
    longestPauseMs: 0,
  };
  print(`seed ${seed}`);
  let isWhole = true;
  while (isWhole && sums.schedules < schedules && !stopping.aborted) {
    const { scene, end } = createStage();
    try {
      const cluster = await startCluster(scene, { flags: FLAGS, onProgress: print });
      const left = schedules - sums.schedules;
      isWhole = await runOnOne(cluster, Math.min(SCHEDULES_OF_A_CLUSTER, left), options, sums);
      await cluster.stop();
    } finally {
      await end();
    }
  }
  const { failures, writesBackMs, ...rest } = sums;
  const found = { seed, isWhole, ...rest, failures: failures.length, writesBackMs: writesBackMs.map(Math.round) };
  await keepResult('faults', { ...found, kinds: FAULT_KINDS });
  print(JSON.stringify(found));
  return isWhole && failures.length === 0;
}

async function runOnOne(cluster: Cluster, count: number, options: FaultsOptions, sums: Sums): Promise<boolean> {
  const { seed, stopping, print } = options;
  for (let index = 1; index <= count && !stopping.aborted; index++) {
    const number = sums.schedules;
    const promotes = index === count;
    const random = createRandom(seed + number);
    const outcome = await runSchedule(cluster, { random, lastsMs: LASTS_MS, faults: FAULTS, promotes });
    add(sums, outcome);
    print(describe(number, outcome));
    if (outcome.violations.length > 0 || outcome.failures.length > 0) {
      print([...outcome.faults, outcome.text, ...outcome.failures.slice(0, 5)].join('\n'));
      print(`Play it again: npm run faults -- --schedules ${count} --seed ${seed + number - index + 1}`);
    }
    if (outcome.violations.length > 0) return false;
  }
  return true;
}

function add(sums: Sums, { faults, failures, ...outcome }: ScheduleOutcome): void {
  sums.schedules += 1;
  sums.acknowledged += outcome.acknowledged;
  sums.evaluations += outcome.evaluations;
  sums.failures.push(...failures);
  sums.faults += faults.filter((one) => !one.includes('over: ')).length;
  if (outcome.writesBackMs !== null) sums.writesBackMs.push(outcome.writesBackMs);
  sums.longestPauseMs = Math.max(sums.longestPauseMs, outcome.longestPauseMs);
}

function describe(number: number, outcome: ScheduleOutcome): string {
  const { acknowledged, evaluations, violations, failures, writesBackMs, longestPauseMs } = outcome;
  const back = writesBackMs === null ? '' : `, writes back after ${(writesBackMs / 1_000).toFixed(1)} s`;
  return `schedule ${number + 1}: ${acknowledged} changes, ${evaluations} evaluations, ${violations.length} broken, ${failures.length} failed, longest pause ${(longestPauseMs / 1_000).toFixed(1)} s${back}`;
}
