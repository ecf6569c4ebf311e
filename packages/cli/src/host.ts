import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

/** Where text goes. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
}

/** Everything of the outside world that a command touches, besides files and the network. */
export interface Host {
  readonly env: { readonly [name: string]: string | undefined };
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly homeDirectory: string;
  readonly pid: number;
  /** All of standard input, as UTF-8. */
  readInput(): Promise<string>;
  /** Milliseconds since 1970. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  randomUuid(): string;
  /** Rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `stop` when the process is asked to end (SIGINT, SIGTERM) or when nobody reads its output any more. */
  onStop(stop: () => void): () => void;
}

export function createNodeHost(): Host {
  let outputClosed = false;
  const stops = new Set<() => void>();
  const outputError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    outputClosed = true;
    for (const stop of stops) stop();
  };
  process.stdout.on('error', outputError);
  process.stderr.on('error', outputError);
  return {
    env: process.env,
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    homeDirectory: homedir(),
    pid: process.pid,
    readInput,
    now: () => Date.now(),
    random: () => Math.random(),
    randomUuid: () => randomUUID(),
    sleep: async (milliseconds, signal) => {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    },
    onStop(stop) {
      if (outputClosed) stop();
      stops.add(stop);
      process.on('SIGINT', stop);
      process.on('SIGTERM', stop);
      return () => {
        stops.delete(stop);
        process.off('SIGINT', stop);
        process.off('SIGTERM', stop);
      };
    },
  };
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return { write: (text) => void stream.write(text), isTTY: stream.isTTY };
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
