/** Filters of the flag list that a person keeps under a name, for each project. */
import type { SavedFilter, SavedFilterCreate } from '@flaghoist/protocol/management';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Changes, Command, Written } from '../changes/index.ts';

const MOST = 50;

export interface Owner {
  readonly personId: string;
  readonly project: { readonly id: string; readonly key: string };
}

export type SavedFilters = ReturnType<typeof createSavedFilters>;

export function createSavedFilters(deps: { readonly db: Db; readonly changes: Changes; readonly newId: () => string }) {
  const { db, changes } = deps;
  const select = sql`select f.id, p.key as project, f.name, f.query, f.created_at as "createdAt"
    from saved_filters f join projects p on p.id = f.project_id`;

  return {
    /** By name. */
    list: ({ personId, project }: Owner): Promise<SavedFilter[]> =>
      rows(
        db,
        sql<SavedFilter>`${select} where f.person_id = ${personId}::uuid and f.project_id = ${project.id}::uuid
          order by f.name collate "C"`,
      ),

    create: (
      command: Command,
      { personId, project }: Owner,
      { name, query }: Omit<SavedFilterCreate, 'project'>,
    ): Promise<Written> =>
      changes.execute(command, async (unit) => {
        // Two that are saved at the same moment must not both be the last one.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`saved filters of ${personId}`}, 0))`.execute(
          unit.tx,
        );
        const kept = await row(
          unit.tx,
          sql<{ count: number }>`select count(*) as count from saved_filters
            where person_id = ${personId}::uuid and project_id = ${project.id}::uuid`,
        );
        if ((kept?.count ?? 0) >= MOST)
          throw new Refusal(
            'limit_reached',
            `You keep ${MOST} filters of project ${project.key}, which is the most. Remove one first.`,
          );
        const id = deps.newId();
        const made = await row(
          unit.tx,
          sql`insert into saved_filters (id, person_id, project_id, name, query, created_at)
            values (${id}::uuid, ${personId}::uuid, ${project.id}::uuid, ${name}, ${query}, ${unit.at})
            on conflict (person_id, project_id, name) do nothing returning 1 as made`,
        );
        if (made === undefined)
          throw new Refusal(
            'already_exists',
            `You keep a filter ${JSON.stringify(name)} of project ${project.key} already. Choose another name.`,
          );
        return { status: 201, body: { id, project: project.key, name, query, createdAt: unit.at } };
      }),

    remove: (command: Command, personId: string, id: string): Promise<Written> =>
      changes.execute(command, async (unit) => {
        const filter = await row(
          unit.tx,
          sql<SavedFilter>`${select} where f.person_id = ${personId}::uuid and f.id::text = ${id}`,
        );
        if (filter === undefined) throw new Refusal('not_found', `You keep no filter ${id}.`);
        await sql`delete from saved_filters where id = ${filter.id}::uuid`.execute(unit.tx);
        return { status: 200, body: filter };
      }),
  };
}
