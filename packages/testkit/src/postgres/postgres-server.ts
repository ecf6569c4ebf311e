import { execFile, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childrenOf } from '../child-processes.ts';
import { freePort } from '../free-port.ts';
import { findPostgresBinaries } from './find-binaries.ts';
import { type Postmaster, PortTakenError, startPostmaster } from './postmaster.ts';
import { findServerAccount, type ServerAccount } from './server-account.ts';

const PORT_ATTEMPTS = 5;
const run = promisify(execFile);

export interface PostgresServerOptions {
  /** Settings of postgresql.conf that differ from the defaults, e.g. `{ fsync: 'off' }`. fsync is on unless set. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Speaks TLS with these files, PEM, to who asks for it; they are copied. `ca`: of clients, whose certificates it then looks at. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** The folder in which it makes its own, e.g. a disk of its own; the server's account has to be able to enter it. */
  readonly parent?: string;
}

/** A real PostgreSQL server of its own, reachable on 127.0.0.1 without a password. */
export interface PostgresServer {
  /** As superuser, database `postgres`. The same after a restart. */
  readonly url: string;
  readonly port: number;
  alive(): boolean;
  /** The whole server dies as by `kill -9`: nothing is flushed, connections break. Resolves when it is dead. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port with the same data; resolves when it answers. */
  restart(): Promise<void>;
  /** Makes a standby a primary; resolves when it takes writes. */
  promote(): Promise<void>;
  /** Each process of it stands still, and nobody is told (SIGSTOP). Linux. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Ends the server at once and removes its folder. May be called twice. */
  stop(): Promise<void>;
}

/** Where a server lives: its programs, its account, its folder. */
export interface ServerPlace {
  readonly binaries: string;
  readonly account: ServerAccount;
  readonly folder: string;
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Makes a database cluster in a fresh temporary folder and starts it; resolves when it answers, after one to three
 * seconds. Throws an error that says what to install when PostgreSQL is not there.
 */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const place = await makePlace(options.parent);
  const settings = { ...options.settings, ...(options.tls === undefined ? {} : await putTls(place, options.tls)) };
  return serveFilled(place, { settings }, () => initialise(place));
}

/** Readable by the server's account alone: PostgreSQL refuses any other key. */
async function putTls(
  { folder, account }: ServerPlace,
  files: NonNullable<PostgresServerOptions['tls']>,
): Promise<Readonly<Record<string, string>>> {
  const settings: Record<string, string> = { ssl: 'on' };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, `tls.${name}`);
    await writeFile(path, text, { mode: 0o600 });
    if (account.ids !== null) await chown(path, account.ids.uid, account.ids.gid);
    settings[`ssl_${name}_file`] = path;
  }
  return settings;
}

/** `fill` makes the data folder; what it or the server begins is removed when that fails. */
export async function serveFilled(
  place: ServerPlace,
  options: PostgresServerOptions,
  fill: () => Promise<void>,
): Promise<PostgresServer> {
  try {
    await fill();
    return await serve(place, options.settings ?? {});
  } catch (error) {
    await rm(place.folder, { recursive: true, force: true });
    throw error;
  }
}

export async function makePlace(parent = tmpdir()): Promise<ServerPlace> {
  const binaries = findPostgresBinaries();
  const account = findServerAccount();
  const folder = await mkdtemp(join(parent, 'flaghoist-pg-'));
  if (account.ids !== null) await chown(folder, account.ids.uid, account.ids.gid);
  const env = { ...process.env, HOME: folder, LC_ALL: 'C' };
  return { binaries, account, folder, data: join(folder, 'data'), env };
}

async function initialise(place: ServerPlace): Promise<void> {
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await runProgram(place, 'initdb', ['-D', place.data, ...options]);
}

/** Runs one of PostgreSQL's programs under the server's account. */
export async function runProgram(place: ServerPlace, name: string, options: readonly string[]): Promise<void> {
  const [program = '', ...args] = [...place.account.prefix, join(place.binaries, name), ...options];
  await run(program, args, { env: place.env, cwd: place.folder });
}

async function serve(place: ServerPlace, settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const start = (port: number) => startPostmaster(commandLine(place, port, settings), { ...place, port });
  let postmaster = await startOnFreePort(start);
  const { port } = postmaster;
  let stopping: Promise<void> | null = null;

  const endWithProcess = (): void => {
    if (postmaster.alive()) execFileSync(...immediateStop(place), { env: place.env, stdio: 'ignore' });
    rmSync(place.folder, { recursive: true, force: true });
  };
  process.once('exit', endWithProcess);

  async function signalAll(signal: NodeJS.Signals): Promise<void> {
    const main = await mainProcess(place);
    // The main process first: it starts no others meanwhile.
    for (const pid of [main, ...(await childrenOf(main))]) process.kill(pid, signal);
  }
  let isFrozen = false;
  async function thaw(): Promise<void> {
    if (isFrozen) await signalAll('SIGCONT');
    isFrozen = false;
  }

  async function end(): Promise<void> {
    await thaw();
    if (postmaster.alive()) await run(...immediateStop(place), { env: place.env, cwd: place.folder });
    await postmaster.ended;
    await rm(place.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.off('exit', endWithProcess);
  }

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    alive: () => postmaster.alive(),
    async kill() {
      if (!postmaster.alive()) throw new Error(`The PostgreSQL server on port ${port} is not running.`);
      process.kill(await mainProcess(place), 'SIGKILL');
      await postmaster.ended;
    },
    promote: () => runProgram(place, 'pg_ctl', ['-D', place.data, '-w', 'promote']),
    async freeze() {
      isFrozen = true;
      await signalAll('SIGSTOP');
    },
    thaw,
    async restart() {
      if (stopping !== null) throw new Error('A stopped PostgreSQL server cannot be restarted: its data is gone.');
      if (postmaster.alive()) throw new Error(`The PostgreSQL server on port ${port} still runs: kill it first.`);
      postmaster = await start(port);
    },
    stop() {
      stopping ??= end();
      return stopping;
    },
  };
}

async function mainProcess(place: ServerPlace): Promise<number> {
  const [pid] = (await readFile(join(place.data, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

function commandLine(place: ServerPlace, port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: place.folder,
    max_connections: '200',
    ...settings,
  };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return [...place.account.serverPrefix, join(place.binaries, 'postgres'), '-D', place.data, ...options];
}

function immediateStop(place: ServerPlace): [string, string[]] {
  const command = [
    ...place.account.prefix,
    join(place.binaries, 'pg_ctl'),
    '-D',
    place.data,
    '-m',
    'immediate',
    'stop',
  ];
  const [program = '', ...args] = command;
  return [program, args];
}

async function startOnFreePort(start: (port: number) => Promise<Postmaster>): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
