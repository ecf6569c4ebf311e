import { Command, type CommanderError } from 'commander';
import { declareEnvironments } from './commands/environments/environments-commands.ts';
import { declareEvaluate } from './commands/evaluate/evaluate-command.ts';
import { declareCandidates } from './commands/candidates/candidates-commands.ts';
import { declareFleet } from './commands/fleet/fleet-command.ts';
import { declareFlags } from './commands/flags/flags-commands.ts';
import { declareHistory } from './commands/history/history-commands.ts';
import { declareKeys } from './commands/keys/keys-commands.ts';
import { declareProjects } from './commands/projects/projects-commands.ts';
import { declareSegments } from './commands/segments/segments-commands.ts';
import { declareServer } from './commands/server/server-commands.ts';
import { declareTokens } from './commands/tokens/tokens-commands.ts';
import { EXIT, EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Bind } from './invocation.ts';

const EXAMPLES = `Examples:
  flaghoist start --demo
  flaghoist flags create new-checkout -p shop --type boolean --client-visible
  flaghoist flags set new-checkout -p shop -e production --rollout on=10,off=90
  flaghoist flags toggle new-checkout -p shop -e production --off --reason 'errors in payment'
`;

/** The command line's grammar. Bodies of commands are not loaded here. */
export function createProgram(host: Host, version: string, bind: Bind): Command {
  const program = new Command('flaghoist')
    .description('Flag pipeline: start a server, and manage projects, flags, segments and keys on one.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', `\n${EXAMPLES}\n${EXIT_CODES_HELP}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  declareServer(program, bind);
  declareProjects(program, bind);
  declareEnvironments(program, bind);
  declareFlags(program, bind);
  declareSegments(program, bind);
  declareKeys(program, bind);
  declareTokens(program, bind);
  declareEvaluate(program, bind);
  declareHistory(program, bind);
  declareCandidates(program, bind);
  declareFleet(program, bind);
  return program;
}

/** Help and version that were asked for are no failure; help that stands in for a missing command is. */
export function exitCodeOf(error: CommanderError): ExitCode {
  return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUse;
}
