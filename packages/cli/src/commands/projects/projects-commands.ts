import type { Command } from 'commander';
import type { Bind } from '../../invocation.ts';
import { serverOptions, writeOptions } from '../declare-options.ts';

export function declareProjects(program: Command, bind: Bind): void {
  const projects = program.command('projects').description('products; each has its environments and flags');
  const list = projects.command('list').description('all projects that the token may see');
  bind(serverOptions(list), async () => (await import('./projects.ts')).listProjects);
  const get = projects.command('get <key>').description('one project');
  bind(serverOptions(get), async () => (await import('./projects.ts')).getProject);
  const create = projects
    .command('create <key>')
    .description('make a project')
    .option('--name <text>', 'for people; without it the key')
    .option('-e, --environment <keys>', 'its first environments, e.g. staging,production');
  bind(writeOptions(create), async () => (await import('./projects.ts')).createProject);
  const set = projects
    .command('set <key>')
    .description('rename a project')
    .requiredOption('--name <text>', 'for people');
  bind(writeOptions(set), async () => (await import('./projects.ts')).setProject);
  const archive = projects.command('archive <key>').description('retire a project; its key is never used again');
  bind(writeOptions(archive), async () => (await import('./projects.ts')).archiveProject);
}
