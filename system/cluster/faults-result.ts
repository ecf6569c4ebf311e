/** What runs of schedules found, kept after each schedule, so that a run that is interrupted leaves what it had. */
import { keepResult, readResult } from '../result.ts';
import type { ScheduleOutcome } from './schedule.ts';

/** Schedule n of a run has the seed `seed` + n, from 0. */
export interface FaultsRun {
  readonly at: string;
  readonly commit: string;
  readonly seed: number;
  readonly schedules: number;
  /** Seeds of schedules that broke an invariant. */
  readonly broken: readonly number[];
  readonly acknowledged: number;
  readonly evaluations: number;
  /** Evaluations. */
  readonly failed: number;
  /** How many of each kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly longestPauseMs: number;
  readonly writesBackMs: readonly number[];
}

export interface FaultsResult {
  readonly schedules: number;
  readonly failed: number;
  /** Resolves when it is kept, beside the runs that were kept before; without `RESULTS` nothing is. */
  add(outcome: ScheduleOutcome): Promise<void>;
  run(): FaultsRun;
}

const NAME = 'faults';

export async function createFaultsResult(seed: number, commit: string): Promise<FaultsResult> {
  const before = (await readResult<{ readonly runs?: readonly FaultsRun[] }>(NAME))?.runs ?? [];
  let run: FaultsRun = {
    at: new Date().toISOString(),
    commit,
    seed,
    schedules: 0,
    broken: [],
    acknowledged: 0,
    evaluations: 0,
    failed: 0,
    faults: {},
    longestPauseMs: 0,
    writesBackMs: [],
  };
  return {
    get schedules() {
      return run.schedules;
    },
    get failed() {
      return run.failed;
    },
    run: () => run,
    async add(outcome) {
      run = withOutcome(run, outcome);
      const runs = [...before, run];
      await keepResult(NAME, { all: sumOf(runs), runs });
    },
  };
}

function withOutcome(run: FaultsRun, outcome: ScheduleOutcome): FaultsRun {
  const { violations, acknowledged, evaluations, failures, kinds, longestPauseMs, writesBackMs } = outcome;
  return {
    ...run,
    schedules: run.schedules + 1,
    broken: violations.length === 0 ? run.broken : [...run.broken, run.seed + run.schedules],
    acknowledged: run.acknowledged + acknowledged,
    evaluations: run.evaluations + evaluations,
    failed: run.failed + failures.length,
    faults: countsOf([run.faults, ...kinds.map((kind) => ({ [kind]: 1 }))]),
    longestPauseMs: Math.max(run.longestPauseMs, longestPauseMs),
    writesBackMs: writesBackMs === null ? run.writesBackMs : [...run.writesBackMs, Math.round(writesBackMs)],
  };
}

function sumOf(runs: readonly FaultsRun[]) {
  const sum = (of: (run: FaultsRun) => number): number => runs.reduce((sofar, run) => sofar + of(run), 0);
  const faults = countsOf(runs.map((run) => run.faults));
  return {
    schedules: sum(({ schedules }) => schedules),
    broken: sum(({ broken }) => broken.length),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    evaluations: sum(({ evaluations }) => evaluations),
    failed: sum(({ failed }) => failed),
    faults: Object.values(faults).reduce((all, one) => all + one, 0),
    longestPauseMs: Math.max(...runs.map(({ longestPauseMs }) => longestPauseMs)),
    longestWritesBackMs: Math.max(0, ...runs.flatMap(({ writesBackMs }) => writesBackMs)),
  };
}

function countsOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const [kind, count] of counts.flatMap(Object.entries<number>)) all[kind] = (all[kind] ?? 0) + count;
  return all;
}
