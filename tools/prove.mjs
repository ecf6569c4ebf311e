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
 * - `nats-loss`: three NATS servers lose all they stored, which is 1,000 environments of 50 kB. Ten minutes. `ENVIRONMENTS`.
 * - `nats-nodes`: one of three NATS servers is frozen, 100 times. `ROUNDS`, `SEED`. Half an hour.
 * - `nats-leader`: of three NATS servers the one that leads the log is killed, 20 times, under steady changes. `KILLS`. Ten minutes.
 * - `dead-world`: 10,000,000 evaluations while the control plane, PostgreSQL and NATS are dead and edges and applications are
 *   killed again and again. Five minutes. `EVALUATIONS`.
 * - `failover`: five times a frozen standby, a primary that dies, the promotion by the script, and the old primary back. `FAILOVERS`.
 * - `alerts`: the alert rules, and the same rules with a mistake in each, which their cases have to find.
 * - `nats`: the bus on one server and on three, of this machine's NATS and of the one of the next Debian. Some five minutes.
 *
 * All but `cases`, `alerts` and `nats` keep what they found in bench/results. Kills and cuts take half an hour on a quiet machine, keep the seed,
 * and end with what they have when the file that `STOP` names is made.
 */
import { join } from 'node:path';
import {
  ensureBuilt,
  ensureInstalled,
  ensureNats,
  ensurePostgres,
  ensureProxies,
  findNewerNats,
  findPromtool,
} from './setup.mjs';
import { ROOT, run, runScript, say, scriptOf, SetupError } from './setup/run.mjs';

/** @type {Readonly<Record<string, { files: readonly string[]; servers: 'none' | 'postgres' | 'nats' | 'postgres and nats'; env: NodeJS.ProcessEnv }>>} */
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
    servers: 'none',
    env: { CASES: '1000000', ORACLE_KEYS: '100000', MUTANTS: '100000' },
  },
  kills: { files: ['system/faults/kill-points'], servers: 'postgres', env: { SERVER_KILLS: '500', EDGE_KILLS: '200' } },
  'power-cuts': { files: ['system/faults/power-cut'], servers: 'postgres', env: { CUTS: '100' } },
  streams: { files: ['system/faults/streams'], servers: 'postgres', env: { STREAMS: '5000' } },
  'nats-loss': {
    files: ['system/faults/nats-power'],
    servers: 'postgres and nats',
    env: { ENVIRONMENTS: '1000', LOSS: 'files' },
  },
  'nats-nodes': { files: ['system/faults/nats-nodes'], servers: 'postgres and nats', env: { ROUNDS: '100' } },
  'nats-leader': {
    files: ['system/faults/nats-nodes', '-t', 'leader of the log is killed'],
    servers: 'postgres and nats',
    env: { KILLS: '20' },
  },
  'dead-world': {
    files: ['system/faults/fleet'],
    servers: 'postgres and nats',
    env: { SCHEDULES: '0', EVALUATIONS: '10000000' },
  },
  failover: { files: ['system/faults/failover'], servers: 'postgres', env: { FAILOVERS: '5' } },
  alerts: { files: ['system/alerts'], servers: 'postgres', env: { MISTAKES: '1' } },
  nats: { files: ['--project', 'nats'], servers: 'nats', env: { NATS_CONTRACT: 'cluster' } },
};

await runScript(async () => {
  const [name = 'cases', ...rest] = process.argv.slice(2);
  const proof = PROOFS[name];
  if (proof === undefined || rest.length > 0)
    throw new SetupError(`There are the proofs ${Object.keys(PROOFS).join(', ')}: npm run prove -- NAME`);
  await ensureInstalled();
  await ensureBuilt();
  if (proof.servers.startsWith('postgres')) await ensurePostgres();
  if (name === 'dead-world') await ensureProxies(['nginx']);
  if (name === 'alerts') await findPromtool();
  const env = { ...proof.env, RESULTS: join(ROOT, 'bench', 'results'), ...process.env };
  if (!proof.servers.endsWith('nats')) return vitest(proof.files, env);
  await ensureNats();
  const own = await vitest(proof.files, env);
  const newer = await findNewerNats();
  if (newer !== null) return (await vitest(proof.files, { ...env, NATS_SERVER: newer })) || own;
  say('NOT TESTED on this machine: a newer NATS, because the package of the next Debian cannot be had here.');
  return own;
});

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function vitest(args, env) {
  const { code } = await run(process.execPath, [scriptOf('vitest'), 'run', ...args], { output: 'show', env });
  return code;
}
