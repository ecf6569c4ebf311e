// @ts-check
/**
 * `npm run faults -- --schedules N [--seed S] [--keep]`: N random schedules of faults over clusters as `npm run cluster` starts
 * them, each judged by the simulator's checker. Stops at the first that breaks an invariant and prints it. `--keep` adds
 * what was found, with the seed, to bench/results/faults.json after each schedule: an interrupted run is gone on with by another one.
 */
import { ensureBuilt, ensureClocks, ensureInstalled, ensureNats, ensurePostgres, ensureProxies } from './setup.mjs';
import { describeRun } from './setup/run-description.mjs';
import { ROOT, runScript, SetupError } from './setup/run.mjs';
import { join } from 'node:path';

const USAGE = 'npm run faults -- --schedules N [--seed S] [--keep]';

await runScript(async () => {
  const args = process.argv.slice(2);
  const isKept = args.includes('--keep');
  const { schedules, seed } = parseArguments(args.filter((arg) => arg !== '--keep'));
  await ensureInstalled();
  await ensureBuilt();
  await ensurePostgres();
  await ensureNats();
  await ensureProxies(['nginx']);
  await ensureClocks();
  if (isKept) process.env['RESULTS'] ??= join(ROOT, 'bench', 'results');
  const { loadTypeScript } = await import('./setup/run-typescript.mjs');
  const { runFaults } = await loadTypeScript('system/cluster/run-faults.ts');
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());
  const { commit } = describeRun();
  return (await runFaults({ schedules, seed, commit, stopping: stopping.signal, print: console.log })) ? 0 : 1;
});

/** @param {readonly string[]} args */
function parseArguments(args) {
  const values = new Map();
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', text = ''] = args.slice(at, at + 2);
    const value = Number(text);
    if (!['--schedules', '--seed'].includes(name) || text === '' || !Number.isSafeInteger(value) || value < 0)
      throw new SetupError(`Unexpected '${name} ${text}'. Usage: ${USAGE}`);
    values.set(name, value);
  }
  const schedules = values.get('--schedules');
  if (schedules === undefined || schedules === 0) throw new SetupError(`How many? Usage: ${USAGE}`);
  return { schedules, seed: values.get('--seed') ?? Math.floor(Math.random() * 2 ** 32) };
}
