import type { Command } from 'commander';
import { parsePositive } from '../../input/option-values.ts';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions, waitOptions } from '../declare-options.ts';

/** `changes`, `audit` and `watch`: who did what, when and why, and how to undo it. */
export function declareHistory(program: Command, bind: Bind): void {
  const changes = program.command('changes').description('who changed what, when and why');
  const list = projectOption(changes.command('list').description('changes of a project, newest first'))
    .option('-e, --environment <key>', 'only changes of this environment')
    .option('--flag <key>', 'only changes of this flag')
    .option('--segment <key>', 'only changes of this segment')
    .option('--limit <number>', 'at most so many', parsePositive);
  bind(serverOptions(list), async () => (await import('./changes.ts')).listChanges);
  const show = projectOption(changes.command('show <id>').description('one change, with what it did to each entity'));
  bind(serverOptions(show), async () => (await import('./show-change.ts')).showChange);
  const revert = projectOption(
    changes
      .command('revert <id>')
      .description('put back what a change did, as a new change; all of it unless a part is named'),
  )
    .option('-e, --environment <key>', 'of the one entity to put back')
    .option('--flag <key>', 'only this flag')
    .option('--segment <key>', 'only this segment');
  bind(waitOptions(revert), async () => (await import('./revert-change.ts')).revertChange);
  const audit = program.command('audit').description('the history that shows when somebody tampers with it');
  const verify = environmentOption(
    projectOption(audit.command('verify').description('check every entry; exit code 1 when one is broken')),
  );
  bind(serverOptions(verify), async () => (await import('./audit.ts')).verifyAudit);
  const watch = projectOption(
    program.command('watch').description('changes as they are published, one line each, until Ctrl-C'),
  ).option('-e, --environment <key>', 'only changes of this environment');
  bind(serverOptions(watch), async () => (await import('./watch.ts')).watch);
}
