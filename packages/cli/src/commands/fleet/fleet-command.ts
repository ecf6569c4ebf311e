import type { Command } from 'commander';
import type { Bind } from '../../invocation.ts';
import { environmentOption, projectOption, serverOptions } from '../declare-options.ts';

export function declareFleet(program: Command, bind: Bind): void {
  const fleet = program
    .command('fleet')
    .description('edges and instances that follow an environment: version, revision, age, when last heard of');
  bind(serverOptions(environmentOption(projectOption(fleet))), async () => (await import('./fleet.ts')).showFleet);
}
