import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const READY_WITHIN_MS = 30_000;
const POLL_MS = 20;

/** One run of the server's main process. */
export interface Postmaster {
  readonly port: number;
  readonly ended: Promise<void>;
  alive(): boolean;
}

interface PostmasterOptions {
  readonly port: number;
  /** The working folder; its log is written here. */
  readonly folder: string;
  /** The data folder, as the server will name it: tells it from another server that took the port first. */
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
}

export class PortTakenError extends Error {}

/**
 * Starts the server and resolves when it answers queries. Rejects with a PortTakenError when another process has its
 * port, with the server's own words when it ends for another reason, and after 30 seconds without an answer.
 */
export async function startPostmaster(command: readonly string[], options: PostmasterOptions): Promise<Postmaster> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (let attempt = 1; ; attempt += 1) {
    const log = join(options.folder, `server-${Date.now()}-${attempt}.log`);
    const child = launch(command, options, log);
    const postmaster = watch(child, options.port);
    if (await becomesReady(postmaster, options.data, deadline)) return postmaster;
    const words = await readFile(log, 'utf8');
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(`PostgreSQL gave no answer within ${READY_WITHIN_MS} ms:\n${words}`);
    }
    if (words.includes('could not create any TCP/IP sockets')) throw new PortTakenError(words);
    // Processes of a killed server hold on to its memory until they notice, a moment later.
    if (!/pre-existing shared memory block|lock file .* already exists/.test(words)) {
      throw new Error(`PostgreSQL ended before it was ready (${command.join(' ')}):\n${words}`);
    }
    await sleep(POLL_MS);
  }
}

function launch(command: readonly string[], options: PostmasterOptions, log: string): ChildProcess {
  const [program = '', ...args] = command;
  const output = openSync(log, 'a');
  try {
    // Detached: an interrupt typed at the terminal is for the test runner, which then stops the server in its own order.
    return spawn(program, args, {
      cwd: options.folder,
      env: options.env,
      stdio: ['ignore', output, output],
      detached: true,
    });
  } finally {
    closeSync(output);
  }
}

function watch(child: ChildProcess, port: number): Postmaster {
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      alive = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  return { port, ended, alive: () => alive };
}

async function becomesReady(postmaster: Postmaster, data: string, deadline: number): Promise<boolean> {
  while (postmaster.alive() && Date.now() <= deadline) {
    if ((await servedFolder(postmaster.port)) === data) return postmaster.alive();
    await Promise.race([sleep(POLL_MS), postmaster.ended]);
  }
  return false;
}

/** The data folder of the server that answers on this port; null when none does yet. */
async function servedFolder(port: number): Promise<string | null> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 1_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const answer = await client.query<{ data_directory: string }>('show data_directory');
    return answer.rows[0]?.data_directory ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}
