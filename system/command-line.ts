/** The `flaghoist` command as people type it, each time in a process of its own. */
import { type ChildProgram, type Ending, runProgram, startProgram } from './child-program.ts';
import { FLAGHOIST } from './running-server.ts';
import type { Scene } from './scene.ts';

export interface CommandLine {
  /** Where `setup` keeps what it saves: XDG_CONFIG_HOME. */
  readonly configHome: string;
  /** Runs a command to its end, whatever that is. */
  run(...args: readonly string[]): Promise<Ending>;
  /** Runs it with `--output json`; answers what it printed. Rejects, showing everything, unless it leaves with 0. */
  json<T>(...args: readonly string[]): Promise<T>;
  /** Starts a command that goes on until it is stopped. */
  start(...args: readonly string[]): ChildProgram;
}

/** A person's terminal, with saved credentials of its own. */
export async function openCommandLine(scene: Scene, env: Readonly<Record<string, string>> = {}): Promise<CommandLine> {
  const configHome = await scene.folder();
  const options = (args: readonly string[]) => ({
    args: [FLAGHOIST, ...args],
    env: { XDG_CONFIG_HOME: configHome, ...env },
  });
  const run = (...args: readonly string[]): Promise<Ending> => runProgram(scene, options(args));
  return {
    configHome,
    run,
    async json<T>(...args: readonly string[]): Promise<T> {
      const { code, stdout, stderr } = await run(...args, '--output', 'json');
      if (code !== 0) throw new Error(`flaghoist ${args.join(' ')} left with ${code}:\n${stdout}${stderr}`);
      return JSON.parse(stdout) as T;
    },
    start: (...args) => startProgram(scene, options(args)),
  };
}
