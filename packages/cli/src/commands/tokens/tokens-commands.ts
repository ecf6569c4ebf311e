import { type Command, Option } from 'commander';
import type { Bind } from '../../invocation.ts';
import { serverOptions, writeOptions } from '../declare-options.ts';

export function declareTokens(program: Command, bind: Bind): void {
  const tokens = program.command('tokens').description('what people and scripts present to the management API');
  const list = tokens.command('list').description('tokens, without their secrets');
  bind(serverOptions(list), async () => (await import('./tokens.ts')).listTokens);
  const create = tokens
    .command('create <name>')
    .description('make a token; its secret is shown once')
    .addOption(
      new Option('--role <role>', 'viewer: reads; editor: changes flags; admin: everything')
        .choices(['viewer', 'editor', 'admin'])
        .makeOptionMandatory(),
    )
    .option('-p, --project <key>', 'for this project only; without it for all')
    .option('-e, --environment <key>', 'for this environment of the project only')
    .option('--expires-at <time>', 'RFC 3339, e.g. 2030-01-31T00:00:00Z');
  bind(writeOptions(create), async () => (await import('./tokens.ts')).createToken);
  const revoke = tokens.command('revoke <id>').description('make a token useless');
  bind(writeOptions(revoke), async () => (await import('./tokens.ts')).revokeToken);
}
