import type { FlagCreate } from '@flaghoist/protocol/management';
import { wrongUse } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { parseVariants } from '../../input/flag-configuration-edit.ts';
import { checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, ServerOptions, WaitOptions, WriteOptions } from '../../invocation.ts';
import { apiPath, type Query } from '../../management/api-path.ts';
import type { ManagementClient } from '../../management/management-client.ts';
import { archiveConditionally } from '../../management/conditional-edit.ts';
import { valueOf } from '../../management/refusal.ts';
import { nowAt } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';
import { awaitedOf, reportWritten } from '../report-written.ts';
import { configurationText, countsText, flagTable, flagText } from './flag-text.ts';

interface ListOptions extends ServerOptions, ProjectOptions {
  readonly environment?: string;
  readonly search?: string;
  readonly tag?: string;
  readonly owner?: string;
  readonly type?: FlagCreate['type'];
  readonly state?: 'on' | 'off';
  readonly sort?: 'key' | 'name' | 'created' | 'changed';
  readonly archived?: boolean;
}

export async function listFlags({ options, ...rest }: Invocation<ListOptions>): Promise<ExitCode> {
  const project = checkKey(options.project, 'project');
  const environment = options.environment === undefined ? undefined : checkKey(options.environment, 'environment');
  const { client, reporter } = await openSession({ options, ...rest });
  if (options.state !== undefined && environment === undefined)
    throw wrongUse('--state needs -e: a flag is on or off in an environment.');
  const query = queryOf(options);
  const flags = valueOf(await client.readAll('Flag', apiPath`/projects/${project}/flags`, query));
  reporter.result(flags, () =>
    flags.length === 0 ? nothingFound(project, query) : flagTable(flags, environment, reporter),
  );
  return EXIT.ok;
}

/** The environment narrows the list only together with a state; alone it chooses the column. */
function queryOf({ environment, search, tag, owner, type, state, sort, archived }: ListOptions): Query {
  return {
    q: search,
    tag,
    owner,
    type,
    ...(state === undefined ? {} : { environment, state }),
    lifecycle: archived === true ? 'archived' : undefined,
    sort,
    // People look for the newest.
    order: sort === 'created' || sort === 'changed' ? 'desc' : undefined,
  };
}

function nothingFound(project: string, { sort: _sort, order: _order, ...filters }: Query): string {
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return isFiltered
    ? 'No flag fits.\n'
    : `No flags. Make one: flaghoist flags create my-flag -p ${project} --type boolean\n`;
}

export async function getFlag(
  invocation: Invocation<ServerOptions & ProjectOptions & { readonly environment?: string }>,
): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const key = checkKey(invocation.args[0] ?? '', 'flag');
  if (invocation.options.environment === undefined) {
    const { client, reporter } = await openSession(invocation);
    const { body } = valueOf(await client.read('Flag', apiPath`/projects/${project}/flags/${key}`));
    reporter.result(body, () => flagText(body, reporter));
    return EXIT.ok;
  }
  const environment = checkKey(invocation.options.environment, 'environment');
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/environments/${environment}/flags/${key}`;
  const { body } = valueOf(await client.read('FlagConfiguration', path));
  const counts = reporter.output === 'human' ? await readCounts(client, project, environment, key) : null;
  reporter.result(
    body,
    () => configurationText(body, reporter) + (counts === null ? '' : countsText(counts, reporter)),
  );
  return EXIT.ok;
}

/** What was served of a flag in the last hour. */
async function readCounts(client: ManagementClient, project: string, environment: string, key: string) {
  const path = `${apiPath`/projects/${project}/environments/${environment}/evaluations`}?flag=${encodeURIComponent(key)}`;
  return valueOf(await client.read('EvaluationCounts', path)).body;
}

interface CreateOptions extends WriteOptions, WaitOptions, ProjectOptions {
  readonly type: FlagCreate['type'];
  readonly variant?: readonly string[];
  readonly offVariant?: string;
  readonly defaultVariant?: string;
  readonly clientVisible?: boolean;
  readonly enabled?: boolean;
  readonly name?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly tag?: readonly string[];
}

export async function createFlag(invocation: Invocation<CreateOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const key = checkKey(invocation.args[0] ?? '', 'flag');
  const body = flagCreate(key, invocation.options);
  const session = await openSession(invocation);
  const { client, reason } = session;
  const path = apiPath`/projects/${project}/flags`;
  const written = valueOf(await client.write('Flag', { method: 'POST', path, body, reason }));
  const state = body.enabled === true ? 'on' : 'off';
  return reportWritten(session, invocation.options, {
    project,
    awaited: written.revisions.length === 0 ? undefined : awaitedOf(written),
    resource: written.body,
    text: () => plainText(`Created flag ${key} in ${project}, ${state}.${nowAt(written.revisions)}`) + '\n',
  });
}

function flagCreate(key: string, options: CreateOptions): FlagCreate {
  const { type, name, description, owner, offVariant, defaultVariant, clientVisible, enabled } = options;
  return {
    key,
    type,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    ...(options.tag === undefined ? {} : { tags: [...options.tag] }),
    ...(options.variant === undefined ? {} : { variants: parseVariants(options.variant) }),
    ...(offVariant === undefined ? {} : { offVariant }),
    ...(defaultVariant === undefined ? {} : { defaultVariant }),
    ...(clientVisible === undefined ? {} : { clientVisible }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

export async function archiveFlag(
  invocation: Invocation<WriteOptions & WaitOptions & ProjectOptions>,
): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const key = checkKey(invocation.args[0] ?? '', 'flag');
  const session = await openSession(invocation);
  const { client, reason } = session;
  const written = await archiveConditionally(client, {
    resource: 'Flag',
    path: apiPath`/projects/${project}/flags/${key}`,
    name: `flag ${key} of ${project}`,
    reason,
    lookWith: `flaghoist flags get ${key} -p ${project}`,
  });
  return reportWritten(session, invocation.options, {
    project,
    awaited: written.revisions.length === 0 ? undefined : awaitedOf(written),
    resource: written.body,
    text: () => plainText(`Archived flag ${key} of ${project}.${nowAt(written.revisions)}`) + '\n',
  });
}
