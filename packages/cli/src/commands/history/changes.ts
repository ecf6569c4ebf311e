import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { entitiesText, revisionsText } from '../../output/change-text.ts';
import { openSession } from '../../session.ts';

export async function listChanges(
  invocation: Invocation<ServerOptions & ProjectOptions & { readonly environment?: string; readonly limit?: number }>,
): Promise<ExitCode> {
  const { environment, limit } = invocation.options;
  const project = checkKey(invocation.options.project, 'project');
  if (environment !== undefined) checkKey(environment, 'environment');
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/changes`;
  const changes = valueOf(await client.readAll('Change', path, { environment }, limit));
  reporter.result(changes, () =>
    changes.length === 0
      ? 'No changes.\n'
      : reporter.table(
          ['ID', 'AT', 'REVISION', 'ACTION', 'WHAT', 'BY', 'REASON'],
          changes.map((change) => [
            change.id,
            change.at,
            revisionsText(change.revisions),
            change.state === 'applied' ? change.action : `${change.action} (${change.state})`,
            entitiesText(change),
            change.author,
            change.reason ?? '',
          ]),
        ),
  );
  return EXIT.ok;
}
