import type { ChangeResource } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkId, checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { revisionsText } from '../../output/change-text.ts';
import { editLines } from '../../output/edit-text.ts';
import { plainText } from '../../output/plain-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import { openSession } from '../../session.ts';

export async function showChange(invocation: Invocation<ServerOptions & ProjectOptions>): Promise<ExitCode> {
  const id = checkId(invocation.args[0] ?? '', 'change');
  const project = checkKey(invocation.options.project, 'project');
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/changes/${id}`;
  const { body: change } = valueOf(await client.read('Change', path));
  const { body: edits } = valueOf(await client.read('ChangeEdits', `${path}/edits`));
  reporter.result({ ...change, edits }, () => {
    const lines = edits.items.flatMap((edit) => ['', ...editLines(edit, reporter.colors)]);
    const more = edits.more ? ['', `More was changed than is shown: ${change.entityCount} entities.`] : [];
    return `${describe(change, reporter)}${[...lines, ...more].map((line) => `${line}\n`).join('')}`;
  });
  return EXIT.ok;
}

function describe(change: ChangeResource, reporter: Reporter): string {
  const { id, action, state, author, reason, at, reverts, revertedBy, revisions } = change;
  const pairs: readonly (readonly [string, string | null])[] = [
    ['change', id],
    ['action', state === 'applied' ? action : `${action} (${state})`],
    ['at', at],
    ['by', author],
    ['reason', reason],
    ['revision', revisionsText(revisions)],
    ['reverts', reverts],
    ['reverted by', revertedBy],
  ];
  return reporter.list(pairs.flatMap(([name, value]) => (value ? [[name, plainText(value)] as const] : [])));
}
