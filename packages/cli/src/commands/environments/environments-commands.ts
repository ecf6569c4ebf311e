import type { Command } from 'commander';
import type { Bind } from '../../invocation.ts';
import { projectOption, serverOptions, writeOptions } from '../declare-options.ts';

export function declareEnvironments(program: Command, bind: Bind): void {
  const environments = program.command('environments').description('stages of a project; each has its own revision');
  const list = environments.command('list').description('environments of a project');
  bind(serverOptions(projectOption(list)), async () => (await import('./environments.ts')).listEnvironments);
  const get = environments.command('get <key>').description('one environment');
  bind(serverOptions(projectOption(get)), async () => (await import('./environments.ts')).getEnvironment);
  const create = projectOption(environments.command('create <key>').description('make an environment')).option(
    '--name <text>',
    'for people; without it the key',
  );
  bind(writeOptions(create), async () => (await import('./environments.ts')).createEnvironment);
  const set = projectOption(
    environments.command('set <key>').description('rename an environment, or set how it publishes'),
  )
    .option('--name <text>', 'for people')
    .option(
      '--hold <seconds>',
      'try changes on canary edges for so long before they are published; none: publish at once',
    );
  bind(writeOptions(set), async () => (await import('./environments.ts')).setEnvironment);
  const archive = environments
    .command('archive <key>')
    .description('retire an environment; its key is never used again');
  bind(writeOptions(projectOption(archive)), async () => (await import('./environments.ts')).archiveEnvironment);
}
