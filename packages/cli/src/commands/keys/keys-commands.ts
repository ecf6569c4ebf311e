import { type Command, Option } from 'commander';
import { collect } from '../../input/option-values.ts';
import type { Bind } from '../../invocation.ts';
import { projectOption, serverOptions, writeOptions } from '../declare-options.ts';

export function declareKeys(program: Command, bind: Bind): void {
  const keys = program.command('keys').description('what SDKs, browsers and edges present');
  const list = projectOption(keys.command('list').description('keys of a project, without their secrets')).option(
    '-e, --environment <key>',
    'only keys of this environment',
  );
  bind(serverOptions(list), async () => (await import('./keys.ts')).listKeys);
  const create = projectOption(keys.command('create').description('make a key; its secret is shown once'))
    .addOption(
      new Option('--kind <kind>', 'server: reads rules; client: evaluated answers only; relay: an edge')
        .choices(['server', 'client', 'relay'])
        .makeOptionMandatory(),
    )
    .requiredOption('-e, --environment <keys>', 'one environment; a relay key may have several: staging,production')
    .option('--name <text>', 'for people')
    .option('--origin <url>', 'client keys: only browsers on this origin; repeatable', collect)
    .option('--expires-at <time>', 'RFC 3339, e.g. 2030-01-31T00:00:00Z')
    .option('--rate-limit <number>', 'requests a second, of each kind, that one edge answers; otherwise its default');
  bind(writeOptions(create), async () => (await import('./keys.ts')).createKey);
  const limit = projectOption(
    keys.command('limit <id> <number>').description('set the requests a second of a key; “default” for the edge’s'),
  );
  bind(writeOptions(limit), async () => (await import('./keys.ts')).limitKey);
  const environments = projectOption(
    keys
      .command('environments <id> <keys>')
      .description('set the environments of a relay key, all of them: staging,production'),
  );
  bind(writeOptions(environments), async () => (await import('./keys.ts')).setKeyEnvironments);
  const revoke = projectOption(
    keys.command('revoke <id>').description('make a key useless, everywhere within seconds'),
  );
  bind(writeOptions(revoke), async () => (await import('./keys.ts')).revokeKey);
}
