/** The server as operators start it: `flaghoist start` in a process of its own. */
import { fileURLToPath } from 'node:url';
import { type ChildProgram, type Ending, startProgram } from './child-program.ts';
import type { Scene } from './scene.ts';
import { within } from './until.ts';

/** The `flaghoist` command. */
export const FLAGHOIST = fileURLToPath(new URL('../packages/cli/bin/flaghoist.js', import.meta.url));

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Null without `--metrics-port`. */
  readonly metricsUrl: string | null;
  /** Null once setup is done. */
  readonly setupUrl: string | null;
  /** Of the demo project, with `--demo`. */
  readonly keys: { readonly server: string; readonly client: string } | null;
  readonly program: ChildProgram;
  /** `kill -9`; resolves when it is dead. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<Ending>;
}

export interface ServerPlace {
  readonly data: string;
  /** Without it the embedded database in `data`. */
  readonly databaseUrl?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The one line that `start --output json` prints. */
interface Announcement extends Pick<RunningServer, 'url' | 'setupUrl'> {
  readonly keys?: RunningServer['keys'];
  readonly metricsUrl?: string;
}

const READY_WITHIN_MS = 180_000;
const STOPPED_WITHIN_MS = 20_000;

/** Starts a server without waiting for it: for those that are not meant to come up. */
export function launchServer(scene: Scene, place: ServerPlace): ChildProgram {
  const { data, databaseUrl, port = 0, args = [], env = {} } = place;
  return startProgram(scene, {
    args: [FLAGHOIST, 'start', '--output', 'json', '--data', data, '--port', String(port), ...args],
    env: { ...env, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) },
  });
}

/** Resolves when it answers; rejects with what it printed when it does not come up. */
export async function startServer(scene: Scene, place: ServerPlace): Promise<RunningServer> {
  return awaitServer(launchServer(scene, place));
}

export async function awaitServer(program: ChildProgram): Promise<RunningServer> {
  const line = await program.line('the server’s first line', READY_WITHIN_MS);
  const { url, metricsUrl = null, setupUrl, keys } = JSON.parse(line) as Announcement;
  return {
    url,
    port: Number(new URL(url).port),
    metricsUrl,
    setupUrl,
    keys: keys ?? null,
    program,
    async kill() {
      program.signal('SIGKILL');
      await within('the death of the server', STOPPED_WITHIN_MS, program.ended);
    },
    stop() {
      program.signal('SIGTERM');
      return within('the end of the server', STOPPED_WITHIN_MS, program.ended);
    },
  };
}
