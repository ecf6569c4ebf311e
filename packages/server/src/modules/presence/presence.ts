/** Reports of open pages. Time is the database's: processes whose clocks differ agree on what is over. */
import type { PresenceReport, PresenceResource } from '@flaghoist/protocol/management';
import { affected, type Db, row, rows, sql, transact } from '../../platform/database.ts';
import type { SignedIn } from '../../platform/principal.ts';
import { invalid } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import type { Projects } from '../projects/index.ts';

export const PRESENCE_CHANNEL = 'flaghoist_presence';
/** How long a report is true. */
const LIVES_SECONDS = 30;
const MOST_PAGES = 20;
const MOST_SHOWN = 200;

export interface OpenPage {
  readonly projectId: string;
  readonly personId: string;
  readonly name: string;
  readonly page: string;
  readonly doing: 'viewing' | 'editing';
  readonly environmentId: string | null;
  readonly environment: string | null;
  readonly flag: string | null;
  readonly segment: string | null;
}

export type Presence = ReturnType<typeof createPresence>;

export function createPresence(deps: { readonly db: Db; readonly projects: Projects }) {
  const { db, projects } = deps;

  async function environmentIdOf(
    projectId: string,
    rights: Rights,
    { environment: key, segment }: PresenceReport,
  ): Promise<string | null> {
    // Without its environment nobody could tell who may know of the segment.
    if (key === undefined && segment !== undefined)
      throw invalid('$.environment', 'environment', 'A segment belongs to an environment: name both.');
    if (key === undefined) return null;
    const [environment] = rights
      .visible(projectId, await projects.environments.ofProject(projectId))
      .filter((one) => one.key === key);
    if (environment === undefined)
      throw invalid('$.environment', 'not_found', `The project has no environment ${key} that you may see.`);
    return environment.id;
  }

  return {
    /** Keeps a report until it is 30 s old, is replaced by the same page's next one, or the page is gone. */
    async report(
      person: Pick<SignedIn, 'personId' | 'name'>,
      rights: Rights,
      projectId: string,
      report: PresenceReport,
    ): Promise<void> {
      const environmentId = await environmentIdOf(projectId, rights, report);
      if (report.doing === 'gone') return forget(db, person.personId, report.page);
      await keep(db, { ...report, ...person, doing: report.doing, projectId, environmentId });
    },

    /** The pages that are open in projects, by project; the newest when there are too many. */
    async inProjects(projectIds: readonly string[]): Promise<ReadonlyMap<string, readonly OpenPage[]>> {
      const found = await rows(
        db,
        sql<OpenPage>`select * from unnest(${projectIds}::uuid[]) as asked (id) cross join lateral (
            select p.project_id as "projectId", p.person_id as "personId", p.name, p.page, p.doing,
              p.environment_id as "environmentId", e.key as environment, p.flag, p.segment
            from presence p left join environments e on e.id = p.environment_id
            where p.project_id = asked.id and p.seen_at > now() - make_interval(secs => ${LIVES_SECONDS})
            order by p.seen_at desc limit ${MOST_SHOWN}
          ) as open order by open.name, open."personId", open.page`,
      );
      return new Map(projectIds.map((id) => [id, found.filter((page) => page.projectId === id)]));
    },

    /** Housekeeping: drops reports that are no longer true. */
    forgetOld: () =>
      affected(db, sql`delete from presence where seen_at < now() - make_interval(secs => ${LIVES_SECONDS})`),
  };
}

/** What one person is shown: the pages of others, where they may look. */
export function showPresence(
  pages: readonly OpenPage[],
  viewer: { readonly rights: Rights; readonly personId: string | null },
): PresenceResource {
  const people = pages
    .filter(({ personId }) => personId !== viewer.personId)
    .filter(
      ({ projectId, environmentId }) =>
        environmentId === null || viewer.rights.inEnvironment(projectId, environmentId) !== null,
    )
    .map(({ personId, name, page, doing, environment, flag, segment }) => ({
      person: personId,
      name,
      page,
      doing,
      environment,
      flag,
      segment,
    }));
  return { people };
}

interface Kept extends PresenceReport {
  readonly personId: string;
  readonly name: string;
  readonly doing: 'viewing' | 'editing';
  readonly projectId: string;
  readonly environmentId: string | null;
}

async function keep(db: Db, kept: Kept): Promise<void> {
  const { personId, page, projectId, environmentId, name, doing, flag = null, segment = null } = kept;
  await transact(db, async (tx) => {
    const same = await row(
      tx,
      sql`select 1 from presence where person_id = ${personId}::uuid and page = ${page} and project_id = ${projectId}::uuid
        and environment_id is not distinct from ${environmentId}::uuid and name = ${name} and doing = ${doing}
        and flag is not distinct from ${flag}::text and segment is not distinct from ${segment}::text
        and seen_at > now() - make_interval(secs => ${LIVES_SECONDS})`,
    );
    await sql`insert into presence (person_id, page, project_id, environment_id, name, doing, flag, segment, seen_at)
      values (${personId}::uuid, ${page}, ${projectId}::uuid, ${environmentId}::uuid, ${name}, ${doing}, ${flag}, ${segment}, clock_timestamp())
      on conflict (person_id, page) do update set project_id = excluded.project_id, environment_id = excluded.environment_id,
        name = excluded.name, doing = excluded.doing, flag = excluded.flag, segment = excluded.segment, seen_at = excluded.seen_at`.execute(
      tx,
    );
    if (same !== undefined) return;
    await sql`delete from presence where person_id = ${personId}::uuid and page not in (
        select page from presence where person_id = ${personId}::uuid order by seen_at desc limit ${MOST_PAGES})`.execute(
      tx,
    );
    await sql`select pg_notify(${PRESENCE_CHANNEL}, '')`.execute(tx);
  });
}

async function forget(db: Db, personId: string, page: string): Promise<void> {
  await transact(db, async (tx) => {
    const removed = await affected(
      tx,
      sql`delete from presence where person_id = ${personId}::uuid and page = ${page}`,
    );
    if (removed > 0) await sql`select pg_notify(${PRESENCE_CHANNEL}, '')`.execute(tx);
  });
}
