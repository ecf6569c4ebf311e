/** The command as its users run it: a process of its own. Needs the build. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, page, startManagementServer } from '../test-support/management-server.ts';
import { readVersion } from './version.ts';

const BIN = fileURLToPath(new URL('../bin/flaghoist.js', import.meta.url));
/**
 * Prints every module that is loaded, to standard error. The program is loaded from its packages, not from the bundle,
 * whose files say nothing of what is in them.
 */
const HOOKS = `
  export async function resolve(specifier, context, next) {
    return next(specifier.replace('/dist/bundle/index.js', '/dist/index.js'), context);
  }
  export async function load(url, context, next) {
    process._rawDebug(url);
    return next(url, context);
  }`;
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOKS)}`)});`;

let server: ManagementServer;
let children: ChildProcess[];

beforeEach(async () => {
  server = await startManagementServer();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await server.close();
});

function start(argv: readonly string[], nodeOptions: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeOptions, BIN, ...argv], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', FLAGHOIST_URL: server.url, FLAGHOIST_TOKEN: 'fht_test' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, ...printed }));
  return { child, ended };
}

/** Sends a change again and again until the watcher goes away. */
function streamWithoutEnd(): void {
  server.answer('GET /projects/shop/watch', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let id = 0;
    const timer = setInterval(() => {
      id += 1;
      const change = { id, at: 'now', action: 'flag.edit', author: 'ann', reason: null, revisions: [], entities: [] };
      response.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
    }, 5);
    response.on('close', () => clearInterval(timer));
    return 'answered';
  });
}

describe('the flaghoist process', () => {
  it('prints its version and leaves with 0', async () => {
    expect(await start(['--version']).ended).toMatchObject({ code: 0, out: `${readVersion()}\n`, err: '' });
  });

  it('leaves with the code of a failure', async () => {
    expect(await start(['flags', 'get', 'none', '-p', 'shop']).ended).toMatchObject({ code: 5, out: '' });
  });

  it('loads neither the server nor what only the server needs for a command that talks to one', async () => {
    server.answer('GET /projects', page([]));
    const { code, err } = await start(
      ['projects', 'list'],
      ['--import', `data:text/javascript,${encodeURIComponent(REGISTER)}`],
    ).ended;
    expect(code).toBe(0);
    const loaded = err.split('\n');
    expect(loaded.some((url) => url.endsWith('/cli/dist/commands/projects/projects.js'))).toBe(true);
    const unwanted = /packages\/(server|edge|bus)\/|node_modules\/(@electric-sql|pg|pino|fastify|typebox)\//;
    expect(loaded.filter((url) => unwanted.test(url))).toEqual([]);
    expect(loaded.filter((url) => /\/cli\/dist\/commands\/(flags|segments|history)\/[a-z]+\.js$/.test(url))).toEqual(
      [],
    );
  });

  it('ends a watch with 0 on Ctrl-C', async () => {
    streamWithoutEnd();
    const { child, ended } = start(['watch', '-p', 'shop']);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  it('ends a watch with 0 when nobody reads it any more', async () => {
    streamWithoutEnd();
    const { child, ended } = start(['watch', '-p', 'shop']);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, signal: null, err: '' });
  });
});
