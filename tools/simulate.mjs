// @ts-check
/**
 * `npm run simulate -- --seeds N [--from SEED] [--bug NAME] [--keep]`: plays worlds of publisher, bus, edges and clients, one a
 * seed, and judges each. Stops at the first seed that breaks an invariant and prints it. `--keep` leaves the counts of a run in
 * which none did in bench/results.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { ROOT, runScript, say, SetupError } from './setup/run.mjs';
import { describeRun } from './setup/run-description.mjs';

const USAGE = 'npm run simulate -- --seeds N [--from SEED] [--bug NAME] [--keep]';
const PROGRESS_MS = 10_000;

await runScript(async () => {
  const args = process.argv.slice(2);
  const isKept = args.includes('--keep');
  const { seeds, from, bug } = parseArguments(args.filter((arg) => arg !== '--keep'));
  await ensureInstalled();
  await ensureBuilt();
  const simulator = await import('@flaghoist/simulator');
  const planted = bug === null ? null : simulator.PLANTED_BUGS.find(({ name }) => name.includes(bug));
  if (planted === undefined)
    throw new SetupError(
      `No planted bug is called that. There are:\n${simulator.PLANTED_BUGS.map(({ name }) => `  ${name}`).join('\n')}`,
    );
  // Before: what is edited and committed meanwhile is not what runs.
  const description = describeRun();
  const tally = createTally();
  const startedAt = performance.now();
  let toldAt = startedAt;
  for (let seed = from; seed < from + seeds; seed++) {
    const outcome = await simulator.simulate(seed, planted?.seams);
    tally.add(outcome);
    if (outcome.violations.length > 0) {
      console.log(simulator.describeFailure(outcome));
      return 1;
    }
    if (seeds === 1)
      console.log(`Seed ${seed} holds: recording ${outcome.digest}, ${outcome.recording.length} entries.`);
    if (performance.now() - toldAt < PROGRESS_MS) continue;
    toldAt = performance.now();
    const done = seed - from + 1;
    const left = ((toldAt - startedAt) / done) * (seeds - done);
    say(
      `${done.toLocaleString('en')} of ${seeds.toLocaleString('en')} seeds, none broken; ${Math.round(left / 1_000)} s left`,
    );
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const result = {
    seeds: { from, count: seeds },
    seconds: Math.round(seconds),
    ...tally.sums(),
    invariants: simulator.INVARIANTS,
  };
  console.log(
    `${seeds} seeds from ${from}: none broke an invariant (${Object.keys(simulator.INVARIANTS).join(', ')}).`,
  );
  console.log(JSON.stringify(tally.sums()));
  if (isKept && planted === null) keep({ ...description, ...result }, from, seeds);
  return 0;
});

/** @param {readonly string[]} args */
function parseArguments(args) {
  const known = new Map([
    ['--seeds', 1_000],
    ['--from', 1],
  ]);
  /** @type {string | null} */
  let bug = null;
  for (let i = 0; i < args.length; i += 2) {
    const [name = '', value = ''] = args.slice(i, i + 2);
    if (name === '--bug' && value !== '') bug = value;
    else if (known.has(name) && /^[1-9]\d{0,8}$/.test(value)) known.set(name, Number(value));
    else throw new SetupError(`Unexpected '${name} ${value}'. Usage: ${USAGE}`);
  }
  return { seeds: known.get('--seeds') ?? 0, from: known.get('--from') ?? 1, bug };
}

/** What all seeds came to together. */
function createTally() {
  /** @type {Record<string, number>} */
  const faults = {};
  let events = 0;
  let simulatedMs = 0;
  /** @type {number[]} */
  const settled = [];
  return {
    /** @param {import('@flaghoist/simulator').Outcome} outcome */
    add(outcome) {
      events += outcome.events;
      simulatedMs += outcome.simulatedMs;
      if (outcome.settledMs !== null) settled.push(outcome.settledMs);
      for (const fault of outcome.faults) faults[fault] = (faults[fault] ?? 0) + 1;
    },
    sums() {
      settled.sort((a, b) => a - b);
      const at = (/** @type {number} */ share) =>
        settled[Math.min(settled.length - 1, Math.floor(settled.length * share))] ?? null;
      const settledMs = { p50: at(0.5), p99: at(0.99), most: at(1) };
      return { events, simulatedHours: Math.round(simulatedMs / 3_600_000), settledMs, faults };
    },
  };
}

/**
 * @param {object} result
 * @param {number} from
 * @param {number} seeds
 */
function keep(result, from, seeds) {
  const folder = join(ROOT, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `simulator-${from}-${from + seeds - 1}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  say(`Kept in ${relative(ROOT, file)}`);
}
