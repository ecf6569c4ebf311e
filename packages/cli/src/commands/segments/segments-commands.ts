import type { Command } from 'commander';
import { collect } from '../../input/option-values.ts';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions, waitOptions } from '../declare-options.ts';

export function declareSegments(program: Command, bind: Bind): void {
  const segments = program.command('segments').description('named audiences in one environment');
  const place = (command: Command): Command => environmentOption(projectOption(command));
  const list = place(segments.command('list').description('segments of an environment')).option(
    '--search <words>',
    'only segments with these words in their key',
  );
  bind(serverOptions(list), async () => (await import('./segments.ts')).listSegments);
  const get = place(segments.command('get <key>').description('one segment'));
  bind(serverOptions(get), async () => (await import('./segments.ts')).getSegment);
  const create = memberOptions(place(segments.command('create <key>').description('make a segment')));
  bind(waitOptions(create), async () => (await import('./segments.ts')).createSegment);
  const set = memberOptions(place(segments.command('set <key>').description('replace what is given, keep the rest')));
  bind(waitOptions(set), async () => (await import('./segments.ts')).setSegment);
  const archive = place(segments.command('archive <key>').description('retire a segment that no flag uses'));
  bind(waitOptions(archive), async () => (await import('./segments.ts')).archiveSegment);
}

function memberOptions(command: Command): Command {
  return command
    .option('--include <keys>', 'targeting keys that are in it, e.g. ann,bob', collect)
    .option('--exclude <keys>', 'targeting keys that are not, whatever the conditions say', collect)
    .option('--condition <json>', 'all conditions must hold; repeatable', collect)
    .option('--file <file>', 'included, excluded, conditions as JSON; - reads standard input');
}
