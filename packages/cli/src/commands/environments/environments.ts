import type { Environment, EnvironmentCreate, EnvironmentEdit } from '@flaghoist/protocol/management';
import { wrongUse } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, ServerOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { archiveConditionally, editConditionally } from '../../management/conditional-edit.ts';
import { valueOf } from '../../management/refusal.ts';
import { nowAt } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';

export async function listEnvironments(invocation: Invocation<ServerOptions & ProjectOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const { client, reporter } = await openSession(invocation);
  const environments = valueOf(await client.readAll('Environment', apiPath`/projects/${project}/environments`));
  reporter.result(environments, () =>
    environments.length === 0
      ? `No environments yet. Make one: flaghoist environments create production -p ${project}\n`
      : reporter.table(
          ['KEY', 'NAME', 'REVISION', 'CREATED', 'ARCHIVED'],
          environments.map((one) => [
            one.key,
            one.name,
            `${one.epoch}.${one.revision}`,
            one.createdAt,
            one.archivedAt ?? '',
          ]),
        ),
  );
  return EXIT.ok;
}

export async function getEnvironment(invocation: Invocation<ServerOptions & ProjectOptions>): Promise<ExitCode> {
  const { path } = place(invocation);
  const { client, reporter } = await openSession(invocation);
  const { body } = valueOf(await client.read('Environment', path));
  reporter.result(body, () =>
    reporter.list([
      ['key', body.key],
      ['project', body.project],
      ['name', body.name],
      ['id', body.id],
      ['revision', `${body.epoch}.${body.revision}`],
      ['publishes', publishes(body)],
      ['created', body.createdAt],
      ['archived', body.archivedAt ?? 'no'],
      ['version', String(body.version)],
    ]),
  );
  return EXIT.ok;
}

export async function createEnvironment(
  invocation: Invocation<WriteOptions & ProjectOptions & { readonly name?: string }>,
): Promise<ExitCode> {
  const { project, key } = place(invocation);
  const { name } = invocation.options;
  const body: EnvironmentCreate = { key, ...(name === undefined ? {} : { name }) };
  const { client, reporter, reason } = await openSession(invocation);
  const path = apiPath`/projects/${project}/environments`;
  const written = valueOf(await client.write('Environment', { method: 'POST', path, body, reason }));
  reporter.result(
    written.body,
    () => plainText(`Created environment ${key} in ${project}.${nowAt(written.revisions)}`) + '\n',
  );
  return EXIT.ok;
}

export async function setEnvironment(
  invocation: Invocation<WriteOptions & ProjectOptions & { readonly name?: string; readonly hold?: string }>,
): Promise<ExitCode> {
  const { project, key, path } = place(invocation);
  const wanted = editOf(invocation.options);
  const { client, reporter, reason, host } = await openSession(invocation);
  const edited = await editConditionally(client, host, {
    resource: 'Environment',
    path,
    name: `environment ${key} of ${project}`,
    edit: (read) => {
      const { name = read.name, holdSeconds = read.holdSeconds } = wanted;
      return read.name === name && read.holdSeconds === holdSeconds ? null : wanted;
    },
    isBlind: () => false,
    reason,
    lookWith: `flaghoist environments get ${key} -p ${project}`,
  });
  const environment = edited.changed ? edited.written.body : edited.resource;
  reporter.result(environment, () =>
    edited.changed
      ? plainText(
          `Environment ${key} is now called ${environment.name} (version ${environment.version}). It publishes ${publishes(environment)}.`,
        ) + '\n'
      : wanted.holdSeconds === undefined
        ? 'It is called so already.\n'
        : 'It is so already.\n',
  );
  return EXIT.ok;
}

export async function archiveEnvironment(invocation: Invocation<WriteOptions & ProjectOptions>): Promise<ExitCode> {
  const { project, key, path } = place(invocation);
  const { client, reporter, reason } = await openSession(invocation);
  const written = await archiveConditionally(client, {
    resource: 'Environment',
    path,
    name: `environment ${key} of ${project}`,
    reason,
    lookWith: `flaghoist environments get ${key} -p ${project}`,
  });
  reporter.result(written.body, () => `Archived environment ${key} of ${project}.${nowAt(written.revisions)}\n`);
  return EXIT.ok;
}

function place({ args, options }: Invocation<ProjectOptions>): { project: string; key: string; path: string } {
  const project = checkKey(options.project, 'project');
  const key = checkKey(args[0] ?? '', 'environment');
  return { project, key, path: apiPath`/projects/${project}/environments/${key}` };
}

function editOf({ name, hold }: { readonly name?: string; readonly hold?: string }): EnvironmentEdit {
  if (name === undefined && hold === undefined) throw wrongUse('there is nothing to set. Give --name or --hold.');
  const isNone = hold === 'none';
  if (hold !== undefined && !isNone && !/^[1-9]\d{0,4}$/.test(hold))
    throw wrongUse(`--hold is a number of seconds from 5 to 86400, or none, not ${JSON.stringify(hold)}.`);
  return {
    ...(name === undefined ? {} : { name }),
    ...(hold === undefined ? {} : { holdSeconds: isNone ? null : Number(hold) }),
  };
}

function publishes({ holdSeconds }: Pick<Environment, 'holdSeconds'>): string {
  return holdSeconds === null ? 'at once' : `after ${holdSeconds} s on canary edges`;
}
