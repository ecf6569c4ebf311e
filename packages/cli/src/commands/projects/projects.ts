import type { Project, ProjectCreate } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import { splitList } from '../../input/option-values.ts';
import type { Invocation, ServerOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { archiveConditionally, editConditionally } from '../../management/conditional-edit.ts';
import { valueOf } from '../../management/refusal.ts';
import { nowAt } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import { openSession } from '../../session.ts';

export async function listProjects(invocation: Invocation<ServerOptions>): Promise<ExitCode> {
  const { client, reporter } = await openSession(invocation);
  const projects = valueOf(await client.readAll('Project', apiPath`/projects`));
  reporter.result(projects, () =>
    projects.length === 0
      ? 'No projects yet. Make one: flaghoist projects create my-app -e staging,production\n'
      : reporter.table(
          ['KEY', 'NAME', 'CREATED', 'ARCHIVED'],
          projects.map(({ key, name, createdAt, archivedAt }) => [key, name, createdAt, archivedAt ?? '']),
        ),
  );
  return EXIT.ok;
}

export async function getProject(invocation: Invocation<ServerOptions>): Promise<ExitCode> {
  const key = projectKey(invocation.args);
  const { client, reporter } = await openSession(invocation);
  const { body } = valueOf(await client.read('Project', apiPath`/projects/${key}`));
  reporter.result(body, () => describe(body, reporter));
  return EXIT.ok;
}

export async function createProject(
  invocation: Invocation<WriteOptions & { readonly name?: string; readonly environment?: string }>,
): Promise<ExitCode> {
  const { name, environment } = invocation.options;
  const body: ProjectCreate = {
    key: projectKey(invocation.args),
    ...(name === undefined ? {} : { name }),
    ...(environment === undefined
      ? {}
      : { environments: splitList(environment).map((key) => checkKey(key, 'environment')) }),
  };
  const { client, reporter, reason } = await openSession(invocation);
  const written = valueOf(await client.write('Project', { method: 'POST', path: apiPath`/projects`, body, reason }));
  reporter.result(
    written.body,
    () => plainText(`Created project ${written.body.key}.${nowAt(written.revisions)}`) + '\n',
  );
  return EXIT.ok;
}

export async function setProject(invocation: Invocation<WriteOptions & { readonly name: string }>): Promise<ExitCode> {
  const key = projectKey(invocation.args);
  const { name } = invocation.options;
  const { client, reporter, reason, host } = await openSession(invocation);
  const edited = await editConditionally(client, host, {
    resource: 'Project',
    path: apiPath`/projects/${key}`,
    name: `project ${key}`,
    edit: (read) => (read.name === name ? null : { name }),
    isBlind: () => false,
    reason,
    lookWith: `flaghoist projects get ${key}`,
  });
  const project = edited.changed ? edited.written.body : edited.resource;
  reporter.result(project, () =>
    edited.changed
      ? plainText(`Project ${key} is now called ${project.name} (version ${project.version}).`) + '\n'
      : 'It is called so already.\n',
  );
  return EXIT.ok;
}

export async function archiveProject(invocation: Invocation<WriteOptions>): Promise<ExitCode> {
  const key = projectKey(invocation.args);
  const { client, reporter, reason } = await openSession(invocation);
  const written = await archiveConditionally(client, {
    resource: 'Project',
    path: apiPath`/projects/${key}`,
    name: `project ${key}`,
    reason,
    lookWith: `flaghoist projects get ${key}`,
  });
  reporter.result(written.body, () => `Archived project ${key}.${nowAt(written.revisions)}\n`);
  return EXIT.ok;
}

function projectKey(args: readonly string[]): string {
  return checkKey(args[0] ?? '', 'project');
}

function describe(project: Project, reporter: Reporter): string {
  return reporter.list([
    ['key', project.key],
    ['name', project.name],
    ['created', project.createdAt],
    ['archived', project.archivedAt ?? 'no'],
    ['version', String(project.version)],
  ]);
}
