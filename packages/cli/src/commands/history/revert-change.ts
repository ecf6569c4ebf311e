import type { Revert } from '@flaghoist/protocol/management';
import { wrongUse } from '../../command-failure.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { checkId, checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, WaitOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { entitiesText, nowAt } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';
import { awaitedOf, reportWritten } from '../report-written.ts';
import type { EntityOptions } from './changes.ts';

export async function revertChange(
  invocation: Invocation<WriteOptions & WaitOptions & ProjectOptions & EntityOptions>,
): Promise<ExitCode> {
  const id = checkId(invocation.args[0] ?? '', 'change');
  const project = checkKey(invocation.options.project, 'project');
  const body = partOf(invocation.options);
  const session = await openSession(invocation);
  const { client, reason } = session;
  const path = apiPath`/projects/${project}/changes/${id}/revert`;
  const written = valueOf(await client.write('Change', { method: 'POST', path, body, reason }));
  const { body: change, revisions } = written;
  return reportWritten(session, invocation.options, {
    project,
    awaited: awaitedOf(written),
    resource: change,
    text: () => plainText(`Reverted ${entitiesText(change)} with change ${change.id}.${nowAt(revisions)}`) + '\n',
  });
}

/** Without any of the options all of the change. */
function partOf({ environment, flag, segment }: EntityOptions): Revert {
  if (environment === undefined && flag === undefined && segment === undefined) return {};
  if (environment === undefined || (flag === undefined) === (segment === undefined))
    throw wrongUse(
      'To put back a part, name its environment and either a flag or a segment: -e production --flag checkout.',
    );
  checkKey(environment, 'environment');
  if (flag !== undefined) return { edits: [{ environment, flag: checkKey(flag, 'flag') }] };
  return { edits: [{ environment, segment: checkKey(segment ?? '', 'segment') }] };
}
