// @ts-check
/** `npm test -- ARGS`: installs, builds, sees to PostgreSQL, then hands over to `vitest run ARGS`. */
import { ensureBuilt, ensureInstalled, ensurePostgres } from './setup.mjs';
import { run, runScript, scriptOf } from './setup/run.mjs';

/** Test projects that start no server. */
const WITHOUT_SERVERS = new Set(['pure', 'prop']);

await runScript(async () => {
  const args = process.argv.slice(2);
  await ensureInstalled();
  await ensureBuilt();
  if (needsServers(args)) await ensurePostgres();
  const orderlyExit = `--import=${new URL('./setup/orderly-exit.mjs', import.meta.url).href}`;
  const env = { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${orderlyExit}`.trim() };
  const { code } = await run(process.execPath, [scriptOf('vitest'), 'run', ...args], { output: 'show', env });
  return code;
});

/** @param {readonly string[]} args */
function needsServers(args) {
  const projects = args.flatMap((arg, at) => {
    if (arg === '--project') return [args[at + 1] ?? ''];
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [];
  });
  return projects.length === 0 || projects.some((project) => !WITHOUT_SERVERS.has(project));
}
