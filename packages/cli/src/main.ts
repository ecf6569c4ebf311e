import { CommanderError } from 'commander';
import { CommandFailure } from './command-failure.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { createNodeHost, type Host } from './host.ts';
import type { Bind, OutputOptions } from './invocation.ts';
import { type Output, reportFailure } from './output/reporter.ts';
import { createProgram, exitCodeOf } from './program.ts';
import { readVersion } from './version.ts';

/**
 * Runs one command: `argv` without node and script. Resolves to the exit code when the command is done; every failure
 * is printed. Rejects only for a mistake in this program.
 */
export async function main(argv: readonly string[], host: Host = createNodeHost()): Promise<number> {
  const version = readVersion();
  const printing: { output: Output } = { output: host.env['FLAGHOIST_OUTPUT'] === 'json' ? 'json' : 'human' };
  let exitCode: ExitCode = EXIT.ok;
  const bind: Bind = (command, load) => {
    command.action(async () => {
      const options = command.opts();
      printing.output = (options as OutputOptions).output ?? printing.output;
      const body = await load();
      exitCode = await body({
        host,
        version,
        args: command.args,
        options: options as Parameters<typeof body>[0]['options'],
        printing,
      });
    });
  };
  try {
    await createProgram(host, version, bind).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOf(error);
    if (!(error instanceof CommandFailure)) throw error;
    reportFailure(host, printing.output, error);
    return error.exitCode;
  }
}
