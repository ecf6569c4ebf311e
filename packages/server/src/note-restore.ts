/** What history and audit say of a database that was put back to an earlier state. */
import type { Modules } from './modules.ts';
import { chainOf } from './modules/audit/index.ts';
import type { Command, UnitOfWork } from './modules/changes/index.ts';
import type { RestoredFrom } from './platform/backups.ts';
import { Rights } from './platform/rights.ts';

const ALL = 2 ** 31 - 1;

/**
 * Writes a change into the history of every project, and an entry into the audit chains of each project and environment
 * and of the installation. They make no revision.
 */
export async function noteRestore(
  { changes, projects }: Pick<Modules, 'changes' | 'projects'>,
  epoch: number,
  restored: RestoredFrom | null,
): Promise<void> {
  const command = commandOf(epoch, restored);
  const write = (note: (unit: UnitOfWork) => Promise<void> | void) =>
    changes.execute(command, async (unit) => {
      await note(unit);
      return { status: 200, body: null };
    });
  await write((unit) => unit.note(chainOf.installation(), { epoch, restored }));
  for (const { id, key } of await projects.list({ only: null, after: '', limit: ALL })) {
    const environments = await projects.environments.ofProject(id);
    await write((unit) => {
      unit.inProject(id);
      unit.note(chainOf.project(id), { project: key, epoch, restored });
      for (const environment of environments) unit.note(chainOf.environment(environment.id), { epoch, restored });
    });
  }
}

function commandOf(epoch: number, restored: RestoredFrom | null): Command {
  const what =
    restored === null
      ? 'The database was put back to an earlier state, or was declared right where the bus held something else'
      : `Restored from the backup ${restored.name} of ${restored.at}; what was changed after it is gone`;
  return {
    actor: { id: 'command:restore', name: 'flaghoist restore' },
    rights: new Rights([]),
    action: restored === null ? 'epoch.raise' : 'database.restore',
    reason: `${what}. Every environment goes on in epoch ${epoch}.`,
    idempotencyKey: null,
    fingerprint: '',
  };
}
