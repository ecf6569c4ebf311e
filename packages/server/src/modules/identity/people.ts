/** People, as those see and change them who administer something. */
import { type Db, type Queryable, rows, sql } from '../../platform/database.ts';
import { etag } from '../../platform/etag.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import { type Grants, showGrant } from '../access/index.ts';
import { PEOPLE, type PersonRow, personById } from './person-rows.ts';
import type { SecondFactor } from './second-factor.ts';

export type People = ReturnType<typeof createPeople>;

interface PeopleDeps {
  readonly db: Db;
  readonly grants: Grants;
  readonly secondFactor: SecondFactor;
}

export function createPeople(deps: PeopleDeps) {
  const { db, grants, secondFactor } = deps;

  /** Ids of the people who have a grant that these rights administer; null: everybody. */
  async function visibleIds(rights: Rights): Promise<readonly string[] | null> {
    if (rights.inInstallation === 'admin') return null;
    const projectIds = rights.grants.flatMap(({ projectId }) => (projectId === null ? [] : [projectId]));
    const found = await rows(
      db,
      sql<{ id: string; projectId: string; environmentId: string | null }>`select person_id as id,
        project_id as "projectId", environment_id as "environmentId" from grants where project_id = any(${projectIds}::uuid[])`,
    );
    const administered = found.filter(({ projectId, environmentId }) =>
      rights.administers({ role: 'viewer', projectId, environmentId }),
    );
    return [...new Set(administered.map(({ id }) => id))];
  }

  async function show(people: readonly PersonRow[], rights: Rights, on: Queryable = db) {
    const ids = people.map(({ id }) => id);
    const [byPerson, withTotp] = [await grants.ofMany(ids, on), await secondFactor.among(on, ids)];
    return people.map(({ version: _version, ...person }) => ({
      ...person,
      totp: withTotp.has(person.id),
      grants: (byPerson.get(person.id) ?? []).filter((grant) => rights.administers(grant)).map(showGrant),
    }));
  }

  /** @throws {Refusal} `not_found`. */
  async function visible(id: string, rights: Rights): Promise<PersonRow> {
    const ids = await visibleIds(rights);
    const person = ids === null || ids.includes(id) ? await personById(db, id) : undefined;
    if (person === undefined) throw new Refusal('not_found', 'There is no such person whom you may see.');
    return person;
  }

  async function showOne(person: PersonRow, rights: Rights, on: Queryable = db) {
    const [body] = await show([person], rights, on);
    return { body, headers: { etag: etag(person.version) } };
  }

  return {
    visible,
    showOne,

    async list(rights: Rights, after: string, limit: number) {
      const ids = await visibleIds(rights);
      const among = ids === null ? sql`true` : sql`id = any(${ids}::uuid[])`;
      const found = await rows(
        db,
        sql<PersonRow>`${PEOPLE} where email > ${after} collate "C" and ${among} order by email collate "C" limit ${limit}`,
      );
      return show(found, rights);
    },

    async get(id: string, rights: Rights) {
      return showOne(await visible(id, rights), rights);
    },

    /** With all grants: for the person themself. */
    async showSelf(person: PersonRow, on: Queryable) {
      const { version: _version, ...shown } = person;
      const totp = await secondFactor.isOn(on, person.id);
      return { ...shown, totp, grants: (await grants.of(person.id, on)).map(showGrant) };
    },
  };
}
