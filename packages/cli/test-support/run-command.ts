/** Runs the command in this process, with everything around it under the test's control. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../src/host.ts';
import { main } from '../src/main.ts';

export interface TestHost extends Host {
  readonly out: () => string;
  readonly err: () => string;
  /** Milliseconds of every sleep, none of which takes any time. */
  readonly sleeps: readonly number[];
  /** As Ctrl-C does. */
  interrupt(): void;
}

export interface TestHostOptions {
  readonly env?: { readonly [name: string]: string | undefined };
  readonly input?: string;
  readonly homeDirectory?: string;
  readonly isTTY?: boolean;
  /** Called with everything that is printed so far, after each write to standard output. */
  readonly onOutput?: (out: string, host: TestHost) => void;
  /** Called before every sleep. */
  readonly onSleep?: (sleeps: readonly number[], host: TestHost) => void;
}

export function createTestHost(options: TestHostOptions = {}): TestHost {
  const printed = { out: '', err: '' };
  const sleeps: number[] = [];
  const stops = new Set<() => void>();
  const isTTY = options.isTTY ?? false;
  let uuids = 0;
  const host: TestHost = {
    env: options.env ?? {},
    stdout: {
      isTTY,
      write(text) {
        printed.out += text;
        options.onOutput?.(printed.out, host);
      },
    },
    stderr: {
      isTTY,
      write(text) {
        printed.err += text;
      },
    },
    homeDirectory: options.homeDirectory ?? '/nonexistent',
    pid: 4711,
    readInput: async () => options.input ?? '',
    now: () => Date.parse('2030-01-01T00:00:00Z'),
    random: () => 0.5,
    randomUuid: () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, '0')}`,
    async sleep(milliseconds, signal) {
      sleeps.push(milliseconds);
      options.onSleep?.(sleeps, host);
      signal?.throwIfAborted();
    },
    onStop(stop) {
      stops.add(stop);
      return () => stops.delete(stop);
    },
    out: () => printed.out,
    err: () => printed.err,
    sleeps,
    interrupt() {
      for (const stop of stops) stop();
    },
  };
  return host;
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly host: TestHost;
}

export async function runCommand(argv: readonly string[], options: TestHostOptions = {}): Promise<Run> {
  const host = createTestHost(options);
  const code = await main(argv, host);
  return { code, out: host.out(), err: host.err(), host };
}

/** Signed in to a server. */
export function signedIn(url: string): { readonly env: { readonly [name: string]: string } } {
  return { env: { FLAGHOIST_URL: url, FLAGHOIST_TOKEN: 'fht_test' } };
}

/** A new folder, and how to take it away. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'flaghoist-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
