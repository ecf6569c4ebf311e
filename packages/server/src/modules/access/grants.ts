/** Grants: which role a person has where. */
import { affected, type Db, type Queryable, rows, sql } from '../../platform/database.ts';
import { invalid } from '../../platform/refusal.ts';
import { EVERY_RIGHT, type Grant, type Rights, type Role } from '../../platform/rights.ts';
import type { UnitOfWork } from '../changes/index.ts';
import type { Projects } from '../projects/index.ts';

/** A grant as the API shows and takes it: with keys. */
export interface GrantByKey {
  readonly role: Role;
  readonly project: string | null;
  readonly environment: string | null;
}

/** Both: what decides, and what people read. */
export interface NamedGrant extends Grant, GrantByKey {}

interface GrantRow extends NamedGrant {
  readonly personId: string;
}

const GRANTS = sql`select g.person_id as "personId", g.role, g.project_id as "projectId", g.environment_id as "environmentId",
  p.key as project, e.key as environment from grants g
  left join projects p on p.id = g.project_id left join environments e on e.id = g.environment_id`;
const ORDER = sql`order by p.key collate "C" nulls first, e.key collate "C" nulls first`;

export type Grants = ReturnType<typeof createGrants>;

export function createGrants(deps: { readonly db: Db; readonly projects: Projects }) {
  const { db, projects } = deps;

  async function resolveOne(grant: GrantByKey, path: string, seenBy: Rights = EVERY_RIGHT): Promise<NamedGrant> {
    if (grant.project === null && grant.environment !== null)
      throw invalid(`${path}.environment`, 'grant', 'An environment belongs to a project: name both.');
    const project = grant.project === null ? null : await projects.byKey(grant.project);
    if (project === undefined || (project !== null && seenBy.somewhereIn(project.id) === null))
      throw invalid(`${path}.project`, 'not_found', `There is no project ${grant.project}.`);
    const environment =
      grant.environment === null || project === null
        ? null
        : await projects.environments.byKey(project.id, grant.environment);
    const isHidden =
      project !== null && environment != null && seenBy.inEnvironment(project.id, environment.id) === null;
    if (environment === undefined || isHidden)
      throw invalid(`${path}.environment`, 'not_found', `The project has no environment ${grant.environment}.`);
    return { ...grant, projectId: project?.id ?? null, environmentId: environment?.id ?? null };
  }

  return {
    /** What decides over a person's rights. */
    async of(personId: string, on: Queryable = db): Promise<readonly NamedGrant[]> {
      return rows(on, sql<NamedGrant>`${GRANTS} where g.person_id = ${personId}::uuid ${ORDER}`);
    },

    /** By person. */
    async ofMany(
      personIds: readonly string[],
      on: Queryable = db,
    ): Promise<ReadonlyMap<string, readonly NamedGrant[]>> {
      const found = await rows(on, sql<GrantRow>`${GRANTS} where g.person_id = any(${personIds}::uuid[]) ${ORDER}`);
      return new Map(personIds.map((id) => [id, found.filter((grant) => grant.personId === id)]));
    },

    /** Keys to ids. Names that nothing has, or nothing that these rights see, are refused with the path of the wrong one. */
    resolveOne,

    /** The same for several. Two grants for one scope are refused too. */
    async resolve(grants: readonly GrantByKey[], path: string, seenBy?: Rights): Promise<readonly NamedGrant[]> {
      const named: NamedGrant[] = [];
      for (const [i, grant] of grants.entries()) {
        const one = await resolveOne(grant, `${path}[${i}]`, seenBy);
        if (named.some((other) => isSameScope(other, one)))
          throw invalid(
            `${path}[${i}]`,
            'grant_twice',
            'There is another grant for the same place. Keep one of the two.',
          );
        named.push(one);
      }
      return named;
    },

    /** Makes these the person's only grants. */
    async replace(unit: UnitOfWork, personId: string, grants: readonly Grant[]): Promise<void> {
      await sql`delete from grants where person_id = ${personId}::uuid`.execute(unit.tx);
      for (const { role, projectId, environmentId } of grants)
        await sql`insert into grants (person_id, role, project_id, environment_id)
          values (${personId}::uuid, ${role}, ${projectId}::uuid, ${environmentId}::uuid)`.execute(unit.tx);
    },

    /** Adds grants; one for a scope that the person has a grant for already takes its place. */
    async add(unit: UnitOfWork, personId: string, grants: readonly Grant[]): Promise<void> {
      for (const { role, projectId, environmentId } of grants) {
        const changed = await affected(
          unit.tx,
          sql`update grants set role = ${role} where person_id = ${personId}::uuid
            and project_id is not distinct from ${projectId}::uuid and environment_id is not distinct from ${environmentId}::uuid`,
        );
        if (changed === 0)
          await sql`insert into grants (person_id, role, project_id, environment_id)
            values (${personId}::uuid, ${role}, ${projectId}::uuid, ${environmentId}::uuid)`.execute(unit.tx);
      }
    },

    /** Nobody else changes grants until the write ends. */
    async lock(unit: UnitOfWork): Promise<void> {
      await sql`lock table grants in share row exclusive mode`.execute(unit.tx);
    },
  };
}

export function isSameScope(a: Grant, b: Grant): boolean {
  return a.projectId === b.projectId && a.environmentId === b.environmentId;
}

export function showGrant({ role, project, environment }: GrantByKey): GrantByKey {
  return { role, project, environment };
}
