/** Many schedules, one after the other: each cluster lives until its primary has died. */
import { createRandom } from '../seeded-random.ts';
import { createStage } from '../stage.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { createFaultsResult, type FaultsResult } from './faults-result.ts';
import { runSchedule, type ScheduleOutcome } from './schedule.ts';

export interface FaultsOptions {
  readonly schedules: number;
  readonly seed: number;
  /** Of what is run. */
  readonly commit: string;
  readonly stopping: AbortSignal;
  readonly print: (line: string) => void;
}

/** In the last of so many the primary dies, and with it the cluster ends. */
const SCHEDULES_OF_A_CLUSTER = 10;
const FLAGS = 6;
const LASTS_MS = 16_000;
const LONGEST_FAULT_MS = 8_000;
const FAULTS = 7;

/** False when one broke an invariant. Ends with what it has when it is told to stop. */
export async function runFaults(options: FaultsOptions): Promise<boolean> {
  const { schedules, seed, commit, stopping, print } = options;
  const result = await createFaultsResult(seed, commit);
  print(`seed ${seed}`);
  let isWhole = true;
  while (isWhole && result.schedules < schedules && !stopping.aborted) {
    const { scene, end } = createStage();
    try {
      const cluster = await startCluster(scene, { flags: FLAGS, onProgress: print });
      isWhole = await runOnOne(cluster, options, result);
      await cluster.stop();
    } finally {
      await end();
    }
  }
  print(JSON.stringify(result.run()));
  const left = schedules - result.schedules;
  if (isWhole && left > 0)
    print(`${left} are left: npm run faults -- --schedules ${left} --seed ${seed + result.schedules}`);
  return isWhole && result.failed === 0;
}

async function runOnOne(cluster: Cluster, options: FaultsOptions, result: FaultsResult): Promise<boolean> {
  const { schedules, seed, stopping, print } = options;
  const count = Math.min(SCHEDULES_OF_A_CLUSTER, schedules - result.schedules);
  for (let index = 1; index <= count && !stopping.aborted; index++) {
    const number = result.schedules;
    const random = createRandom(seed + number);
    const startedAt = performance.now();
    const promotes = index === count;
    const outcome = await runSchedule(cluster, {
      random,
      lastsMs: LASTS_MS,
      longestFaultMs: LONGEST_FAULT_MS,
      faults: FAULTS,
      promotes,
      onProgress: print,
    });
    await result.add(outcome);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    print(`schedule ${number + 1} of ${schedules}, ${seconds} s: ${describe(outcome)}`);
    if (outcome.violations.length > 0 || outcome.failures.length > 0) {
      print([...outcome.faults, outcome.text, ...outcome.failures.slice(0, 5)].join('\n'));
      print(`Play it again: npm run faults -- --schedules ${count} --seed ${seed + number - index + 1}`);
    }
    if (outcome.violations.length > 0) return false;
  }
  return true;
}

function describe(outcome: ScheduleOutcome): string {
  const { acknowledged, evaluations, violations, failures, writesBackMs, longestPauseMs } = outcome;
  const back = writesBackMs === null ? '' : `, writes back after ${(writesBackMs / 1_000).toFixed(1)} s`;
  return `${acknowledged} changes, ${evaluations} evaluations, ${violations.length} broken, ${failures.length} failed, longest pause ${(longestPauseMs / 1_000).toFixed(1)} s${back}`;
}
