import type { Command } from 'commander';
import { parsePositive } from '../../input/option-values.ts';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions } from '../declare-options.ts';

/** `changes`, `audit` and `watch`: who did what, when and why. */
export function declareHistory(program: Command, bind: Bind): void {
  const changes = program.command('changes').description('who changed what, when and why');
  const list = projectOption(changes.command('list').description('changes of a project, newest first'))
    .option('-e, --environment <key>', 'only changes of this environment')
    .option('--limit <number>', 'at most so many', parsePositive);
  bind(serverOptions(list), async () => (await import('./changes.ts')).listChanges);
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
