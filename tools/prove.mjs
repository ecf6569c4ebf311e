// @ts-check
/**
 * `npm run prove`: the evaluator's long proofs, by the same code as in `npm test`, with more cases: 1,000,000 evaluations for
 * each property and for the comparison with the reference evaluator, 100,000 keys for each vendor's buckets. Takes some ten
 * minutes. `CASES`, `ORACLE_KEYS` and `SEED` in the environment change that.
 */
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { run, runScript, scriptOf } from './setup/run.mjs';

const PROOFS = ['evaluate.prop', 'differential.prop', 'buckets/rollout.prop', 'buckets/layers.prop', 'oracles'].map(
  (name) => `packages/evaluator/src/${name}`,
);

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const env = { CASES: '1000000', ORACLE_KEYS: '100000', ...process.env };
  const { code } = await run(process.execPath, [scriptOf('vitest'), 'run', ...PROOFS], { output: 'show', env });
  return code;
});
