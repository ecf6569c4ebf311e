import type { Command } from 'commander';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions, writeOptions } from '../declare-options.ts';

export function declareCandidates(program: Command, bind: Bind): void {
  const candidates = program.command('candidates').description('what is tried on canary edges before it is published');
  const at = (command: Command): Command => environmentOption(projectOption(command));
  const show = at(candidates.command('show').description('what is being tried in an environment, or was last'));
  bind(serverOptions(show), async () => (await import('./candidates.ts')).showCandidate);
  const promote = at(candidates.command('promote').description('publish it now, without waiting for canary edges'));
  bind(writeOptions(promote), async () => (await import('./candidates.ts')).promoteCandidate);
  const withdraw = at(candidates.command('withdraw').description('take it back; it was never published'));
  bind(writeOptions(withdraw), async () => (await import('./candidates.ts')).withdrawCandidate);
}
