/** Commands and queries on environments. */
import type { EnvironmentEdit } from '@flaghoist/protocol/management';
import { type Db, row, rows, sql, type Tx } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import { archived, Refusal } from '../../platform/refusal.ts';
import { folded } from '../../platform/text-search.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import { findEnvironments } from './find.ts';
import { type EnvironmentRow, selectEnvironment, selectEnvironments, showEnvironment } from './rows.ts';

/** What the modules above do to an environment in the same transaction. */
export interface EnvironmentHooks {
  /** Gives a new environment what its project's other environments have. */
  readonly fill: (unit: UnitOfWork, environment: { readonly id: string; readonly projectId: string }) => Promise<void>;
  /** Takes away what lets anybody use an archived environment. Its line is locked. */
  readonly retire: (unit: UnitOfWork, environmentId: string) => Promise<void>;
}

export interface EnvironmentsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly hooks: EnvironmentHooks;
  readonly newId: () => string;
}

export interface ProjectName {
  readonly id: string;
  readonly key: string;
}

export interface EnvironmentInput {
  readonly key: string;
  readonly name?: string;
}

export type Environments = ReturnType<typeof createEnvironments>;

export function createEnvironments(deps: EnvironmentsDeps) {
  return { ...environmentReads(deps.db), ...environmentWrites(deps) };
}

function environmentReads(db: Db) {
  return {
    byKey: (projectId: string, key: string) =>
      selectEnvironment(db, sql`e.project_id = ${projectId}::uuid and e.key = ${key}`),
    /** Of all living projects: enough to know who may see them. */
    living: () =>
      rows(
        db,
        sql<{
          id: string;
          projectId: string;
        }>`select id, project_id as "projectId" from environments where archived_at is null`,
      ),
    find: (words: readonly string[], ids: readonly string[], limit: number) => findEnvironments(db, words, ids, limit),
    all: () => selectEnvironments(db, sql`true order by p.key collate "C", e.key collate "C"`),
    ofProject: (projectId: string) =>
      selectEnvironments(db, sql`e.project_id = ${projectId}::uuid order by e.key collate "C"`),
    /** Every environment of a project, archived ones too, inside a write. */
    of: (unit: UnitOfWork, projectId: string) =>
      selectEnvironments(unit.tx, sql`e.project_id = ${projectId}::uuid order by e.key collate "C"`),
  };
}

function environmentWrites(deps: EnvironmentsDeps) {
  return {
    add: (unit: UnitOfWork, project: ProjectName, input: EnvironmentInput) => add(deps, unit, project, input),

    create: (command: Command, project: ProjectName, input: EnvironmentInput) =>
      deps.changes.execute(command, async (unit) => {
        // The project's row keeps a flag from being made at the same time, which would miss this environment.
        await sql`select 1 from projects where id = ${project.id}::uuid for no key update`.execute(unit.tx);
        unit.inProject(project.id);
        await refuseArchivedProject(unit, project.id);
        return show(unit, await add(deps, unit, project, input), 201);
      }),

    edit: (command: Command, id: string, ifMatch: string | undefined, input: EnvironmentEdit) =>
      edit(deps, command, id, ifMatch, (unit, environment) => editMembers(unit, environment, input)),

    archive: (command: Command, id: string, ifMatch: string | undefined) =>
      edit(deps, command, id, ifMatch, async (unit, environment) => {
        if (environment.archivedAt !== null) throw archived(`Environment ${environment.key}`);
        await unit.lock([id]);
        await retire(deps, unit, id);
        unit.note(chainOf.project(environment.projectId), { environment: environment.key, archived: true });
      }),

    async retireAll(unit: UnitOfWork, projectId: string): Promise<void> {
      const living = await selectEnvironments(
        unit.tx,
        sql`e.project_id = ${projectId}::uuid and e.archived_at is null`,
      );
      const locked = await unit.lock(
        living.map((environment) => environment.id),
        'leave out',
      );
      for (const id of locked) await retire(deps, unit, id);
    },
  };
}

/** Keys of environments by id, inside a write. */
export async function environmentKeys(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await rows(
    tx,
    sql<{ id: string; key: string }>`select id, key from environments where id = any(${ids}::uuid[])`,
  );
  return new Map(found.map(({ id, key }) => [id, key]));
}

async function add(
  deps: EnvironmentsDeps,
  unit: UnitOfWork,
  project: ProjectName,
  input: EnvironmentInput,
): Promise<string> {
  const id = deps.newId();
  const { name = input.key } = input;
  const made = await row(
    unit.tx,
    sql`insert into environments (id, project_id, key, name, folded_name, created_at)
      values (${id}::uuid, ${project.id}::uuid, ${input.key}, ${name}, ${folded(name)}, ${unit.at})
      on conflict (project_id, key) do nothing returning 1 as made`,
  );
  if (made === undefined)
    throw new Refusal(
      'already_exists',
      `Project ${project.key} has an environment ${input.key} already; an environment’s key is never reused.`,
    );
  await unit.beginLine(id);
  await deps.hooks.fill(unit, { id, projectId: project.id });
  return id;
}

async function retire(deps: EnvironmentsDeps, unit: UnitOfWork, id: string): Promise<void> {
  await sql`update environments set archived_at = ${unit.at}, version = version + 1 where id = ${id}::uuid`.execute(
    unit.tx,
  );
  await deps.hooks.retire(unit, id);
  await unit.closeLine(id);
}

async function edit(
  deps: EnvironmentsDeps,
  command: Command,
  id: string,
  ifMatch: string | undefined,
  apply: (unit: UnitOfWork, before: EnvironmentRow) => Promise<void>,
): Promise<Written> {
  return deps.changes.execute(command, async (unit) => {
    await sql`select 1 from environments where id = ${id}::uuid for no key update`.execute(unit.tx);
    const before = await existing(unit, id);
    requireMatch(ifMatch, before.version, `environment ${before.key}`);
    unit.inProject(before.projectId);
    await apply(unit, before);
    return show(unit, id, 200);
  });
}

async function editMembers(
  unit: UnitOfWork,
  { id, key, projectId, archivedAt, ...before }: EnvironmentRow,
  { name = before.name, holdSeconds }: EnvironmentEdit,
): Promise<void> {
  const held = (await unit.position(id)).holdSeconds;
  const hold = holdSeconds === undefined ? held : holdSeconds;
  const [isRenamed, isHeld] = [name !== before.name, hold !== held];
  if (!isRenamed && !isHeld) return;
  if (archivedAt !== null) throw archived(`Environment ${key}`);
  if (isHeld) {
    await unit.lock([id]);
    await unit.hold(id, hold);
  }
  await sql`update environments set name = ${name}, folded_name = ${folded(name)}, version = version + 1 where id = ${id}::uuid`.execute(
    unit.tx,
  );
  const told = { ...(isRenamed ? { name } : {}), ...(isHeld ? { holdSeconds: hold } : {}) };
  unit.note(chainOf.project(projectId), { environment: key, ...told });
}

async function show(unit: UnitOfWork, id: string, status: 200 | 201) {
  const environment = await existing(unit, id);
  const body = showEnvironment(environment, await unit.position(id));
  const location = `/api/v1/projects/${environment.project}/environments/${environment.key}`;
  return { status, body, headers: { etag: etag(environment.version), ...(status === 201 ? { location } : {}) } };
}

/** The project's row is locked. */
export async function refuseArchivedProject(unit: UnitOfWork, projectId: string): Promise<void> {
  const found = await row(
    unit.tx,
    sql<{
      key: string;
      isArchived: boolean;
    }>`select key, archived_at is not null as "isArchived" from projects where id = ${projectId}::uuid`,
  );
  if (found?.isArchived === true) throw archived(`Project ${found.key}`);
}

async function existing(unit: UnitOfWork, id: string): Promise<EnvironmentRow> {
  const environment = await selectEnvironment(unit.tx, sql`e.id = ${id}::uuid`);
  if (environment === undefined) throw new Refusal('not_found', 'There is no such environment.');
  return environment;
}
