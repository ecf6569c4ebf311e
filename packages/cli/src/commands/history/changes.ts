import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { entitiesText, revisionsText } from '../../output/change-text.ts';
import { openSession } from '../../session.ts';

/** Where to look, and at what. */
export interface EntityOptions {
  readonly environment?: string;
  readonly flag?: string;
  readonly segment?: string;
}

export async function listChanges(
  invocation: Invocation<ServerOptions & ProjectOptions & EntityOptions & { readonly limit?: number }>,
): Promise<ExitCode> {
  const { environment, flag, segment, limit } = invocation.options;
  const project = checkKey(invocation.options.project, 'project');
  for (const [what, key] of Object.entries({ environment, flag, segment })) if (key !== undefined) checkKey(key, what);
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/changes`;
  const changes = valueOf(await client.readAll('Change', path, { environment, flag, segment }, limit));
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
