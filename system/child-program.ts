/** A program of its own, as a user would start it. */
import { spawn } from 'node:child_process';
import type { Scene } from './scene.ts';
import { within } from './until.ts';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildProgram {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when the process is gone and everything it printed was read. */
  readonly ended: Promise<Ending>;
  readonly running: boolean;
  /** Whole lines of standard output so far, without their ends. */
  readonly lines: readonly string[];
  /** Called for every later line of standard output. */
  onLine(listener: (line: string) => void): void;
  /** Resolves when `find` accepts a line, one that is there already included; rejects when the process ends first. */
  line(what: string, deadlineMs: number, find?: (line: string) => boolean): Promise<string>;
  writeLine(line: string): void;
  signal(name: NodeJS.Signals): void;
}

export interface ProgramOptions {
  readonly command?: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const KILLED_WITHIN_MS = 10_000;
const living = new Set<number>();
// When the test runner itself is made to end, nobody runs the ends of tests.
process.on('exit', () => {
  for (const pid of living) kill(pid);
});

/** Starts `command`, by default this Node. It gets nothing of this process's environment but what every program needs. */
export function startProgram(scene: Scene, options: ProgramOptions): ChildProgram {
  const { command = process.execPath, args, cwd, env = {} } = options;
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...basicEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const printed = { stdout: '', stderr: '' };
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  let rest = '';
  let running = true;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      for (const listener of listeners) listener(line);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  // Writing to a program that has just been killed is no news.
  child.stdin.on('error', () => {});
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running = false;
      if (pid !== undefined) living.delete(pid);
      resolve({ code, signal, ...printed });
    });
  });
  ended.catch(() => undefined);
  if (pid === undefined) throw new Error(`${command} could not be started`);
  living.add(pid);
  const program: ChildProgram = {
    pid,
    ended,
    lines,
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    get running() {
      return running;
    },
    onLine: (listener) => void listeners.add(listener),
    line: (what, deadlineMs, find = () => true) => within(what, deadlineMs, findLine(program, what, find)),
    writeLine: (line) => void child.stdin.write(`${line}\n`),
    signal: (name) => void child.kill(name),
  };
  scene.atEnd(async () => {
    if (running) kill(pid);
    await within(`the end of process ${pid}`, KILLED_WITHIN_MS, ended);
  });
  return program;
}

/** Starts it and waits for its end. */
export async function runProgram(scene: Scene, options: ProgramOptions, deadlineMs = 60_000): Promise<Ending> {
  const program = startProgram(scene, options);
  const what = `the end of ${options.command ?? 'node'} ${options.args.join(' ')}`;
  return within(what, deadlineMs, program.ended);
}

function findLine(program: ChildProgram, what: string, find: (line: string) => boolean): Promise<string> {
  const there = program.lines.find((line) => find(line));
  if (there !== undefined) return Promise.resolve(there);
  return new Promise((resolve, reject) => {
    program.onLine((line) => {
      if (find(line)) resolve(line);
    });
    void program.ended.then(({ code, signal, stdout, stderr }) =>
      reject(new Error(`${what}: the program ended with ${signal ?? code}.\n${stdout}\n${stderr}`)),
    );
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself in this moment.
  }
}

function basicEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
