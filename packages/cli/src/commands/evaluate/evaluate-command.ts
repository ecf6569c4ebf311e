import type { Command } from 'commander';
import { collect } from '../../input/option-values.ts';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions } from '../declare-options.ts';

export function declareEvaluate(program: Command, bind: Bind): void {
  const evaluate = environmentOption(
    projectOption(program.command('evaluate <flag>').description('what a flag answers for a context, and why')),
  )
    .option('--context <json>', 'evaluation context')
    .option('--targeting-key <key>', 'targeting key of the context')
    .option(
      '--set <attribute=value>',
      'one attribute, e.g. company.plan=pro; JSON where it is JSON; repeatable',
      collect,
    )
    .option('--explain', 'every step of the evaluation, and what it looked at');
  bind(serverOptions(evaluate), async () => (await import('./evaluate.ts')).evaluate);
}
