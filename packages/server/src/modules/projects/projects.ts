/** Commands and queries on projects. */
import { row, rows, sql } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import { archived, Refusal } from '../../platform/refusal.ts';
import { folded } from '../../platform/text-search.ts';
import { chainOf } from '../audit/index.ts';
import type { Command, UnitOfWork, Written } from '../changes/index.ts';
import { createEnvironments, type EnvironmentsDeps } from './environments.ts';
import { findProjects } from './find.ts';
import { type ProjectRow, selectProject, selectProjects, showProject } from './rows.ts';

export type Projects = ReturnType<typeof createProjects>;

export function createProjects(deps: EnvironmentsDeps) {
  const { db, changes } = deps;
  const environments = createEnvironments(deps);

  async function create(
    command: Command,
    input: { readonly key: string; readonly name?: string; readonly environments?: readonly string[] },
  ): Promise<Written> {
    return changes.execute(command, async (unit) => {
      const id = deps.newId();
      const { name = input.key } = input;
      const made = await row(
        unit.tx,
        sql`insert into projects (id, key, name, folded_name, created_at)
          values (${id}::uuid, ${input.key}, ${name}, ${folded(name)}, ${unit.at})
          on conflict (key) do nothing returning 1 as made`,
      );
      if (made === undefined)
        throw new Refusal(
          'already_exists',
          `There is a project ${input.key} already; a project’s key is never reused.`,
        );
      unit.inProject(id);
      unit.note(chainOf.project(id), { project: input.key, created: true });
      for (const key of input.environments ?? []) await environments.add(unit, { id, key: input.key }, { key });
      const project = await existing(unit, id);
      return {
        status: 201,
        body: showProject(project),
        headers: { etag: etag(project.version), location: `/api/v1/projects/${input.key}` },
      };
    });
  }

  async function edit(
    command: Command,
    id: string,
    ifMatch: string | undefined,
    apply: (unit: UnitOfWork, project: ProjectRow) => Promise<void>,
  ) {
    return changes.execute(command, async (unit) => {
      await sql`select 1 from projects where id = ${id}::uuid for no key update`.execute(unit.tx);
      const before = await existing(unit, id);
      requireMatch(ifMatch, before.version, `project ${before.key}`);
      unit.inProject(id);
      await apply(unit, before);
      const project = await existing(unit, id);
      return { status: 200, body: showProject(project), headers: { etag: etag(project.version) } };
    });
  }

  return {
    environments,
    create,

    byKey: (key: string) => selectProject(db, sql`p.key = ${key}`),

    livingIds: async () =>
      (await rows(db, sql<{ id: string }>`select id from projects where archived_at is null`)).map(({ id }) => id),
    find: (words: readonly string[], ids: readonly string[], limit: number) => findProjects(db, words, ids, limit),

    /** `only`: ids of the projects that may be listed; null: all. */
    list: (filter: { readonly only: readonly string[] | null; readonly after: string; readonly limit: number }) =>
      selectProjects(
        db,
        sql`p.key > ${filter.after} collate "C" and (${filter.only}::uuid[] is null or p.id = any(${filter.only}::uuid[]))
          order by p.key collate "C" limit ${filter.limit}`,
      ),

    rename: (command: Command, id: string, ifMatch: string | undefined, name: string) =>
      edit(command, id, ifMatch, async (unit, project) => {
        if (name === project.name) return;
        if (project.archivedAt !== null) throw archived(`Project ${project.key}`);
        await sql`update projects set name = ${name}, folded_name = ${folded(name)}, version = version + 1
          where id = ${id}::uuid`.execute(unit.tx);
        unit.note(chainOf.project(id), { project: project.key, name });
      }),

    /** Archives a project with all its environments: their keys stop working. */
    archive: (command: Command, id: string, ifMatch: string | undefined) =>
      edit(command, id, ifMatch, async (unit, project) => {
        if (project.archivedAt !== null) throw archived(`Project ${project.key}`);
        await environments.retireAll(unit, id);
        await sql`update projects set archived_at = ${unit.at}, version = version + 1 where id = ${id}::uuid`.execute(
          unit.tx,
        );
        unit.note(chainOf.project(id), { project: project.key, archived: true });
      }),
  };
}

async function existing(unit: UnitOfWork, id: string): Promise<ProjectRow> {
  const project = await selectProject(unit.tx, sql`p.id = ${id}::uuid`);
  if (project === undefined) throw new Refusal('not_found', 'There is no such project.');
  return project;
}
