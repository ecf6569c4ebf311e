import type { ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { EnvironmentOptions, Invocation, WaitOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { editConditionally } from '../../management/conditional-edit.ts';
import { nowAt } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';
import { awaitedOf, reportWritten } from '../report-written.ts';

interface ToggleOptions extends WriteOptions, WaitOptions, EnvironmentOptions {
  readonly on?: boolean;
  readonly off?: boolean;
}

export async function toggleFlag(invocation: Invocation<ToggleOptions>): Promise<ExitCode> {
  const { options } = invocation;
  const project = checkKey(options.project, 'project');
  const environment = checkKey(options.environment, 'environment');
  const key = checkKey(invocation.args[0] ?? '', 'flag');
  const session = await openSession(invocation);
  const { client, reason, host } = session;
  // Fixed by the first read: when somebody else is faster, the switch must not be thrown back.
  let wanted = options.on === true ? true : options.off === true ? false : undefined;
  const edited = await editConditionally(client, host, {
    resource: 'FlagConfiguration',
    path: apiPath`/projects/${project}/environments/${environment}/flags/${key}`,
    name: `flag ${key} in ${environment}`,
    edit: (read) => {
      wanted ??= !read.enabled;
      return read.enabled === wanted ? null : { enabled: wanted };
    },
    isBlind: () => true,
    reason,
    entity: { project, environment, kind: 'flag', key },
    lookWith: `flaghoist flags get ${key} -p ${project} -e ${environment}`,
  });
  const configuration = edited.changed ? edited.written.body : edited.resource;
  const state = configuration.enabled ? 'on' : 'off';
  const text = edited.changed
    ? `Flag ${key} in ${environment} is now ${state}.${nowAt(edited.written.revisions)}`
    : `Flag ${key} in ${environment} is ${state} already, since revision ${configuration.revision}.`;
  return reportWritten(session, options, {
    project,
    awaited: awaitedOf(edited.changed ? edited.written : undefined, environment),
    resource: configuration,
    text: () => `${plainText(text)}\n`,
  });
}
