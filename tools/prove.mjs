// @ts-check
/**
 * `npm run prove`: the long proofs, by the same code as in `npm test`, with more cases: 1,000,000 evaluations for each property
 * and for the comparison with the reference evaluator, 100,000 keys for each vendor's buckets, 100,000 mutated rulesets for
 * each reader and for the gate. Takes some fifteen minutes. `CASES`, `ORACLE_KEYS`, `MUTANTS` and `SEED` in the environment
 * change that.
 */
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { run, runScript, scriptOf } from './setup/run.mjs';

const PROOFS = [
  ...['evaluate.prop', 'differential.prop', 'buckets/rollout.prop', 'buckets/layers.prop', 'oracles'].map(
    (name) => `packages/evaluator/src/${name}`,
  ),
  'packages/client/src/poison-mutants.prop',
  'packages/edge/src/replica/poison-mutants.prop',
  'packages/server/src/modules/publishing/poison-mutants.prop',
];

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const env = { CASES: '1000000', ORACLE_KEYS: '100000', MUTANTS: '100000', ...process.env };
  const { code } = await run(process.execPath, [scriptOf('vitest'), 'run', ...PROOFS], { output: 'show', env });
  return code;
});
