// @ts-check
/** `npm test -- ARGS`: installs, builds, sees to PostgreSQL, NATS, Chromium, the proxies and promtool, then hands over to `vitest run ARGS`. */
import {
  ensureBuilt,
  ensureChromium,
  ensureInstalled,
  ensureNats,
  ensurePostgres,
  ensureProxies,
  findPromtool,
} from './setup.mjs';
import { run, runScript, scriptOf } from './setup/run.mjs';

/** Test projects that start no database server, those that start no NATS, and those that run no whole programs: no browser, no proxy. */
const WITHOUT_POSTGRES = new Set(['pure', 'prop', 'nats']);
const WITHOUT_NATS = new Set(['pure', 'prop', 'pg']);
const WITHOUT_PROGRAMS = new Set(['pure', 'prop', 'pg', 'nats']);

await runScript(async () => {
  const args = process.argv.slice(2);
  await ensureInstalled();
  await ensureBuilt();
  const projects = readProjects(args);
  if (goesBeyond(WITHOUT_POSTGRES, projects)) await ensurePostgres();
  if (goesBeyond(WITHOUT_NATS, projects)) await ensureNats();
  if (goesBeyond(WITHOUT_PROGRAMS, projects)) {
    await ensureChromium();
    await ensureProxies();
    await findPromtool();
  }
  const orderlyExit = `--import=${new URL('./setup/orderly-exit.mjs', import.meta.url).href}`;
  const env = { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${orderlyExit}`.trim() };
  const { code } = await run(process.execPath, [scriptOf('vitest'), 'run', ...args], { output: 'show', env });
  return code;
});

/**
 * @param {readonly string[]} args
 * @returns {string[]} Empty: all projects.
 */
function readProjects(args) {
  return args.flatMap((arg, at) => {
    if (arg === '--project') return [args[at + 1] ?? ''];
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [];
  });
}

/**
 * @param {ReadonlySet<string>} without Projects that do not need it. A pattern is none of them: it may mean any project.
 * @param {readonly string[]} projects
 */
function goesBeyond(without, projects) {
  return projects.length === 0 || projects.some((project) => !without.has(project));
}
