import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const END_WITHIN_MS = 10_000;

/** One nats-server process, which keeps its files between its runs. */
export interface NatsNode {
  readonly name: string;
  readonly port: number;
  readonly monitorPort: number;
  /** The folder of what it stores. */
  readonly store: string;
  alive(): boolean;
  start(): Promise<void>;
  /** Other `settings` for its next start. */
  configure(settings: string): void;
  signal(signal: NodeJS.Signals): void;
  /** Dead by `kill -9` when it resolves. */
  kill(): Promise<void>;
  /** Removes what it stored, as a power cut may; it must be dead. */
  empty(): Promise<void>;
  /** What it wrote, all runs together. */
  words(): Promise<string>;
  /** What one of its monitoring pages says; null: it does not answer. */
  ask(page: string): Promise<Record<string, unknown> | null>;
}

export interface NatsNodeOptions {
  readonly program: string;
  readonly name: string;
  /** Of its configuration and its log. */
  readonly folder: string;
  readonly store: string;
  readonly port: number;
  readonly monitorPort: number;
  /** Lines of its configuration beyond names, ports and the store. */
  readonly settings: string;
  /** Inside the block `jetstream`. */
  readonly jetstream: string;
}

export function createNatsNode(options: NatsNodeOptions): NatsNode {
  const { program, name, folder, store, port, monitorPort } = options;
  const config = join(folder, `${name}.conf`);
  const log = join(folder, `${name}.log`);
  const isolated = endsWithParent();
  let child: ChildProcess | null = null;
  let ended: Promise<void> = Promise.resolve();
  let { settings } = options;

  const isAlive = (): boolean => child !== null && child.exitCode === null && child.signalCode === null;
  const endWithProcess = (): void => {
    if (isAlive()) child?.kill('SIGKILL');
  };

  return {
    name,
    port,
    monitorPort,
    store,
    alive: isAlive,
    async start() {
      if (isAlive()) throw new Error(`${name} runs already.`);
      await writeFile(config, configuration({ ...options, settings }));
      const output = openSync(log, 'a');
      const command = isolated ? 'setpriv' : program;
      const args = isolated ? ['--pdeathsig', 'KILL', program, '-c', config] : ['-c', config];
      // Detached: an interrupt typed at the terminal is for the test runner, which then stops the server in its own order.
      const started = spawn(command, args, { cwd: folder, stdio: ['ignore', output, output], detached: true });
      closeSync(output);
      child = started;
      ended = new Promise((resolve) => {
        started.once('exit', () => resolve());
        started.once('error', () => resolve());
      });
      process.once('exit', endWithProcess);
    },
    configure(other) {
      settings = other;
    },
    signal(signal) {
      if (!isAlive()) throw new Error(`${name} is not running.`);
      child?.kill(signal);
    },
    async kill() {
      if (isAlive()) child?.kill('SIGKILL');
      await Promise.race([ended, sleep(END_WITHIN_MS, undefined, { ref: false })]);
      process.off('exit', endWithProcess);
    },
    async empty() {
      if (isAlive()) throw new Error(`${name} is running.`);
      await rm(store, { recursive: true, force: true });
    },
    words: () => readFile(log, 'utf8').catch(() => ''),
    async ask(page) {
      try {
        const answer = await fetch(`http://127.0.0.1:${monitorPort}/${page}`, { signal: AbortSignal.timeout(1_000) });
        return (await answer.json()) as Record<string, unknown>;
      } catch {
        return null;
      }
    },
  };
}

function configuration({ name, folder, store, port, monitorPort, settings, jetstream }: NatsNodeOptions): string {
  return `server_name: ${name}
listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitorPort}"
pid_file: "${join(folder, `${name}.pid`)}"
jetstream {
  store_dir: "${store}"
  max_mem: 64MB
  max_file: 4GB
${jetstream}
}
${settings}
`;
}

/** Whether a server can be made to end with this process, however that ends. */
function endsWithParent(): boolean {
  try {
    execFileSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
