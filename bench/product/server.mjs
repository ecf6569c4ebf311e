// @ts-check
/** A Flaghoist server as anybody starts one: the command, in a process of its own. */
import { fileURLToPath } from 'node:url';
import { millisecondsSince, startChild } from '../process/child.mjs';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/flaghoist.js', import.meta.url));

/**
 * @typedef {object} Server
 * @property {number} pid
 * @property {string} url
 * @property {string} setup The secret of the setup link; empty once setup is done.
 * @property {number} readyMs From just before the process was started until its ready line was read.
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a server on a free port and resolves with its ready line.
 *
 * @param {{ data: string; databaseUrl?: string; roles?: string; upstream?: string; port?: number; workers?: number; core?: number; nodeOptions?: readonly string[]; env?: NodeJS.ProcessEnv }} options
 *   Without `databaseUrl` the embedded database is used, without `roles` it has all. `core`: the processor it runs on.
 *   `workers`: so many processes behind one port. `upstream`: what an edge without a database follows, with the relay key in `env`.
 * @returns {Promise<Server>}
 */
export async function startServer({
  data,
  databaseUrl,
  roles,
  upstream,
  port = 0,
  workers,
  core,
  nodeOptions = [],
  env = {},
}) {
  const divided = [
    ...(roles === undefined ? [] : ['--roles', roles]),
    ...(upstream === undefined ? [] : ['--upstream', upstream]),
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
  ];
  const child = startChild(COMMAND, ['start', '--output', 'json', '--port', String(port), '--data', data, ...divided], {
    env: { ...environment(databaseUrl), ...env },
    nodeOptions,
    ...(core === undefined ? {} : { core }),
  });
  try {
    const line = await child.line();
    const readyMs = millisecondsSince(child.spawnedAt);
    const ready = /** @type {{ url: string; setupUrl: string | null }} */ (JSON.parse(line));
    const { pid, stop } = child;
    return { pid, url: ready.url, setup: ready.setupUrl?.split('#')[1] ?? '', readyMs, stop };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/**
 * What the shell says about Flaghoist is not for a server that is measured.
 *
 * @param {string | undefined} databaseUrl
 * @returns {NodeJS.ProcessEnv}
 */
function environment(databaseUrl) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('FLAGHOIST_') && name !== 'DATABASE_URL',
  );
  return { ...Object.fromEntries(inherited), ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
}
