// @ts-check
/**
 * `npm run screenshots`: goes through the journeys of `system/dashboard`, and keeps the pictures that they take in
 * `docs/dashboard`. With arguments only the journeys whose path has one of them: `npm run screenshots -- invite`.
 */
import { ensureBuilt, ensureChromium, ensureInstalled, ensurePostgres } from './setup.mjs';
import { run, runScript, scriptOf } from './setup/run.mjs';

await runScript(async () => {
  const journeys = process.argv.slice(2).map((name) => `system/dashboard/${name}`);
  await ensureInstalled();
  await ensureBuilt();
  await ensurePostgres();
  await ensureChromium();
  const args = ['run', '--project', 'system', ...(journeys.length === 0 ? ['system/dashboard'] : journeys)];
  const env = { ...process.env, SCREENSHOTS: '1' };
  const { code } = await run(process.execPath, [scriptOf('vitest'), ...args], { output: 'show', env });
  return code;
});
