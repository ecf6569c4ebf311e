import { execFile, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import { findPostgresBinaries } from './find-binaries.ts';
import { type Postmaster, PortTakenError, startPostmaster } from './postmaster.ts';
import { findServerAccount, type ServerAccount } from './server-account.ts';

const PORT_ATTEMPTS = 5;
const run = promisify(execFile);

export interface PostgresServerOptions {
  /** Settings of postgresql.conf that differ from the defaults, e.g. `{ fsync: 'off' }`. fsync is on unless set. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real PostgreSQL server of its own, reachable on 127.0.0.1 without a password. */
export interface PostgresServer {
  /** As superuser, database `postgres`. The same after a restart. */
  readonly url: string;
  readonly port: number;
  /** The whole server dies as by `kill -9`: nothing is flushed, connections break. Resolves when it is dead. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port with the same data; resolves when it answers. */
  restart(): Promise<void>;
  /** Ends the server at once and removes its folder. May be called twice. */
  stop(): Promise<void>;
}

interface Place {
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
  const place = await makePlace();
  try {
    await initialise(place);
    return await serve(place, options.settings ?? {});
  } catch (error) {
    await rm(place.folder, { recursive: true, force: true });
    throw error;
  }
}

async function makePlace(): Promise<Place> {
  const binaries = findPostgresBinaries();
  const account = findServerAccount();
  const folder = await mkdtemp(join(tmpdir(), 'flaghoist-pg-'));
  if (account.ids !== null) await chown(folder, account.ids.uid, account.ids.gid);
  const env = { ...process.env, HOME: folder, LC_ALL: 'C' };
  return { binaries, account, folder, data: join(folder, 'data'), env };
}

async function initialise(place: Place): Promise<void> {
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const command = [...place.account.prefix, join(place.binaries, 'initdb'), '-D', place.data, ...options];
  const [program = '', ...args] = command;
  await run(program, args, { env: place.env, cwd: place.folder });
}

async function serve(place: Place, settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const start = (port: number) => startPostmaster(commandLine(place, port, settings), { ...place, port });
  let postmaster = await startOnFreePort(start);
  const { port } = postmaster;
  let stopping: Promise<void> | null = null;

  const endWithProcess = (): void => {
    if (postmaster.alive()) execFileSync(...immediateStop(place), { env: place.env, stdio: 'ignore' });
    rmSync(place.folder, { recursive: true, force: true });
  };
  process.once('exit', endWithProcess);

  async function end(): Promise<void> {
    if (postmaster.alive()) await run(...immediateStop(place), { env: place.env, cwd: place.folder });
    await postmaster.ended;
    await rm(place.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.off('exit', endWithProcess);
  }

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    async kill() {
      if (!postmaster.alive()) throw new Error(`The PostgreSQL server on port ${port} is not running.`);
      const [pid] = (await readFile(join(place.data, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
      await postmaster.ended;
    },
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

function commandLine(place: Place, port: number, settings: Readonly<Record<string, string>>): string[] {
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

function immediateStop(place: Place): [string, string[]] {
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
