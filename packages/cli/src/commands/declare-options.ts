import { type Command, Option } from 'commander';
import { parseDuration, parseShare } from '../input/option-values.ts';

/** `--output` and `--config`, which every command has. */
export function outputOptions(command: Command): Command {
  return command
    .addOption(new Option('--output <form>', 'how to print: human or json').choices(['human', 'json']))
    .option('--config <file>', 'settings file');
}

export function serverOptions(command: Command): Command {
  return outputOptions(command)
    .option('--url <url>', 'address of the server (FLAGHOIST_URL)')
    .option('--token <token>', 'management token; better in FLAGHOIST_TOKEN, where other users cannot see it')
    .option('--ca <file>', 'who signs the certificate of the server (FLAGHOIST_CA)')
    .option('--cert <file>', 'certificate that is shown to the server (FLAGHOIST_CERT)')
    .option('--cert-key <file>', 'private key of that certificate (FLAGHOIST_CERT_KEY)');
}

export function writeOptions(command: Command): Command {
  return serverOptions(command)
    .option('--reason <text>', 'why; kept in the history')
    .option('--confirm <guards>', 'what is meant although a guard refuses it: shrink, growth');
}

/** A write that can wait until followers have it. */
export function waitOptions(command: Command): Command {
  return writeOptions(command)
    .option('--wait <share>', 'wait until so many of the live followers have it, e.g. 99%', parseShare)
    .option('--wait-timeout <duration>', 'no longer than this, e.g. 30s; then exit code 7', parseDuration);
}

export function projectOption(command: Command): Command {
  return command.requiredOption('-p, --project <key>', 'project');
}

export function environmentOption(command: Command): Command {
  return command.requiredOption('-e, --environment <key>', 'environment');
}
