// @ts-check
/**
 * `npm run prove [-- NAME]`: the long proofs, by the same code as in `npm test`, with more cases.
 *
 * - `cases` (no NAME: this one): 1,000,000 evaluations for each property and for the comparison with the reference
 *   evaluator, 100,000 keys for each vendor's buckets, 100,000 mutated rulesets for each reader and for the gate. Some
 *   fifteen minutes. `CASES`, `ORACLE_KEYS`, `MUTANTS` and `SEED` in the environment change that.
 * - `kills`: 500 `kill -9` of a publisher and 200 of an edge at the named points of their work. `SERVER_KILLS`, `EDGE_KILLS`.
 * - `power-cuts`: 100 power cuts of the embedded database and the last good rulesets. Linux, as root. `CUTS`.
 * - `streams`: 5,000 followers lose their server and come back, in two minutes; 10,500 open files (`ulimit -n`). `STREAMS`.
 *
 * The last three keep what they found in bench/results. Kills and cuts take half an hour on a quiet machine, keep the seed,
 * and end with what they have when the file that `STOP` names is made.
 */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, ensurePostgres } from './setup.mjs';
import { ROOT, run, runScript, scriptOf, SetupError } from './setup/run.mjs';

/** @type {Readonly<Record<string, { files: readonly string[]; servers: boolean; env: NodeJS.ProcessEnv }>>} */
const PROOFS = {
  cases: {
    files: [
      ...['evaluate.prop', 'differential.prop', 'buckets/rollout.prop', 'buckets/layers.prop', 'oracles'].map(
        (name) => `packages/evaluator/src/${name}`,
      ),
      'packages/client/src/poison-mutants.prop',
      'packages/edge/src/replica/poison-mutants.prop',
      'packages/server/src/modules/publishing/poison-mutants.prop',
    ],
    servers: false,
    env: { CASES: '1000000', ORACLE_KEYS: '100000', MUTANTS: '100000' },
  },
  kills: { files: ['system/faults/kill-points'], servers: true, env: { SERVER_KILLS: '500', EDGE_KILLS: '200' } },
  'power-cuts': { files: ['system/faults/power-cut'], servers: true, env: { CUTS: '100' } },
  streams: { files: ['system/faults/streams'], servers: true, env: { STREAMS: '5000' } },
};

await runScript(async () => {
  const [name = 'cases', ...rest] = process.argv.slice(2);
  const proof = PROOFS[name];
  if (proof === undefined || rest.length > 0)
    throw new SetupError(`There are the proofs ${Object.keys(PROOFS).join(', ')}: npm run prove -- NAME`);
  await ensureInstalled();
  await ensureBuilt();
  if (proof.servers) await ensurePostgres();
  const env = { ...proof.env, RESULTS: join(ROOT, 'bench', 'results'), ...process.env };
  const { code } = await run(process.execPath, [scriptOf('vitest'), 'run', ...proof.files], { output: 'show', env });
  return code;
});
