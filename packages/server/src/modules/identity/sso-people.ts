/** Who somebody is whom a provider vouches for: known by what it calls them, else by an e-mail address that it has verified. */
import { randomUUID } from 'node:crypto';
import type { ConnectionProblem } from '@flaghoist/protocol/management';
import { affected, row, rows, sql } from '../../platform/database.ts';
import { type Grants, type NamedGrant, showGrant } from '../access/index.ts';
import { chainOf } from '../audit/index.ts';
import type { UnitOfWork } from '../changes/index.ts';
import type { OpenConnection } from './connections.ts';
import { type Invitation, type InvitationRow, INVITATIONS, withGrants } from './invitation-rows.ts';
import type { Inviters } from './inviters.ts';
import { keepAnAdmin } from './last-admin.ts';
import { PEOPLE, type PersonRow, personById } from './person-rows.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Sessions } from './sessions.ts';
import { applyGroups, isSameGrants } from './sso-groups.ts';
import type { Claims } from './sso-provider.ts';

/** Why somebody is not let in; undoes what was written. */
export class NotLetIn extends Error {
  override readonly name = 'NotLetIn';
  readonly code: ConnectionProblem;

  constructor(code: ConnectionProblem) {
    super(code);
    this.code = code;
  }
}

/** What the connection gives, with ids. */
export interface Given {
  /** To an account that it makes. */
  readonly grants: readonly NamedGrant[];
  /** By groups; null: their grants stay as they are. */
  readonly byGroups: readonly NamedGrant[] | null;
}

const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?)$/;
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 256;

export type ConnectionPeople = ReturnType<typeof createConnectionPeople>;

interface ConnectionPeopleDeps {
  readonly grants: Grants;
  readonly inviters: Inviters;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
}

export function createConnectionPeople(deps: ConnectionPeopleDeps) {
  const { grants, inviters } = deps;

  async function known(unit: UnitOfWork, connection: OpenConnection, subject: string): Promise<PersonRow | undefined> {
    const found = await row(
      unit.tx,
      sql<{ id: string }>`select person_id as id from connection_people
        where connection_id = ${connection.id}::uuid and subject = ${subject}`,
    );
    return found === undefined ? undefined : personById(unit.tx, found.id);
  }

  /** Links the account with this e-mail, or makes one for whoever is invited or may come without. */
  async function link(unit: UnitOfWork, connection: OpenConnection, email: string, claims: Claims, given: Given) {
    const found = await row(unit.tx, sql<PersonRow>`${PEOPLE} where email = ${email}`);
    if (found?.disabledAt != null) throw new NotLetIn('person_disabled');
    const isInvited = (await invitationsOf(unit, inviters, email)).length > 0;
    if (found === undefined && !isInvited && !connection.provision) throw new NotLetIn('person_unknown');
    const id = found?.id ?? (await makePerson(unit, email, nameIn(claims, email)));
    const isTakenOver = found !== undefined && (await takeOver(unit, deps, id));
    if (found === undefined && !isInvited) await grants.add(unit, id, given.grants);
    await sql`insert into connection_people (connection_id, subject, person_id, created_at)
      values (${connection.id}::uuid, ${claims.sub}, ${id}::uuid, ${unit.at})`.execute(unit.tx);
    unit.note(chainOf.installation(), {
      person: id,
      connection: connection.key,
      [found === undefined ? 'made' : 'linked']: true,
      ...(isTakenOver ? { password: 'removed' } : {}),
      ...(found === undefined && !isInvited ? { granted: given.grants.map(showGrant) } : {}),
    });
    return id;
  }

  /** The provider's word for the e-mail is as good as the link that was sent there. */
  async function acceptInvitations(unit: UnitOfWork, personId: string, email: string): Promise<void> {
    for (const { id, grants: offered } of await invitationsOf(unit, inviters, email)) {
      await keepAnAdmin(unit, grants, () => grants.add(unit, personId, offered));
      await sql`update invitations set accepted_at = ${unit.at} where id = ${id}::uuid`.execute(unit.tx);
      unit.note(chainOf.installation(), { person: personId, accepted: id });
    }
  }

  async function takeGroups(
    unit: UnitOfWork,
    connection: OpenConnection,
    personId: string,
    wanted: readonly NamedGrant[],
  ): Promise<void> {
    const before = { grants: await grants.of(personId, unit.tx), given: await givenTo(unit, connection, personId) };
    const after = applyGroups(before, wanted);
    if (isSameGrants(before.grants, after.grants) && isSameGrants(before.given, after.given)) return;
    await keepAnAdmin(unit, grants, () => grants.replace(unit, personId, after.grants));
    await sql`delete from connection_grants where connection_id = ${connection.id}::uuid and person_id = ${personId}::uuid`.execute(
      unit.tx,
    );
    for (const { role, projectId, environmentId } of after.given)
      await sql`insert into connection_grants (connection_id, person_id, role, project_id, environment_id)
        values (${connection.id}::uuid, ${personId}::uuid, ${role}, ${projectId}::uuid, ${environmentId}::uuid)`.execute(
        unit.tx,
      );
    unit.note(chainOf.installation(), {
      person: personId,
      connection: connection.key,
      groupsGive: after.given.map(showGrant),
    });
  }

  return {
    /**
     * The person's id, once everything that the sign-in gives and takes is written.
     *
     * @throws {NotLetIn}
     * @throws {Refusal} `last_admin` when the groups would leave nobody who administers the installation.
     */
    async letIn(unit: UnitOfWork, connection: OpenConnection, claims: Claims, given: Given): Promise<string> {
      const email = emailIn(claims);
      if (email !== null && !isFrom(connection.domains, email)) throw new NotLetIn('domain_not_allowed');
      const verified = claims['email_verified'] === true ? email : null;
      const person = await known(unit, connection, claims.sub);
      if (person?.disabledAt != null) throw new NotLetIn('person_disabled');
      if (person === undefined && verified === null) throw new NotLetIn('email_unverified');
      const id = person?.id ?? (await link(unit, connection, verified ?? '', claims, given));
      if (verified !== null && (person === undefined || person.email === verified))
        await acceptInvitations(unit, id, verified);
      if (given.byGroups !== null) await takeGroups(unit, connection, id, given.byGroups);
      return id;
    },
  };
}

/** Open ones, locked, of those who may still give what they offer. */
async function invitationsOf(unit: UnitOfWork, inviters: Inviters, email: string): Promise<readonly Invitation[]> {
  const found = await rows(
    unit.tx,
    sql<InvitationRow>`${INVITATIONS} where email = ${email} and accepted_at is null and revoked_at is null
      and expires_at > ${unit.at} order by created_at, id for update`,
  );
  const good: Invitation[] = [];
  for (const one of await withGrants(unit.tx, found)) if (await inviters.mayStillGive(unit.tx, one)) good.push(one);
  return good;
}

/**
 * Whoever invites somebody holds the link, and could have made the account themself with a password of theirs. At its first
 * link the account becomes the owner's of the e-mail: what signed in until then does no more. Answers whether that was so.
 */
async function takeOver(
  unit: UnitOfWork,
  { secondFactor, sessions }: Pick<ConnectionPeopleDeps, 'secondFactor' | 'sessions'>,
  personId: string,
): Promise<boolean> {
  const proved = await affected(
    unit.tx,
    sql`update people set email_verified = true where id = ${personId}::uuid and not email_verified`,
  );
  if (proved === 0) return false;
  await sql`delete from credentials where person_id = ${personId}::uuid`.execute(unit.tx);
  await secondFactor.remove(unit.tx, personId);
  await sessions.endAll(unit.tx, personId);
  return true;
}

async function makePerson(unit: UnitOfWork, email: string, name: string): Promise<string> {
  const id = randomUUID();
  await sql`insert into people (id, email, email_verified, name, created_at, updated_at)
    values (${id}::uuid, ${email}, true, ${name}, ${unit.at}, ${unit.at})`.execute(unit.tx);
  return id;
}

async function givenTo(unit: UnitOfWork, connection: OpenConnection, personId: string): Promise<readonly NamedGrant[]> {
  return rows(
    unit.tx,
    sql<NamedGrant>`select g.role, g.project_id as "projectId", g.environment_id as "environmentId", p.key as project,
      e.key as environment from connection_grants g left join projects p on p.id = g.project_id
      left join environments e on e.id = g.environment_id
      where g.connection_id = ${connection.id}::uuid and g.person_id = ${personId}::uuid`,
  );
}

/** In lower case; null when there is none that could be an account's. */
function emailIn(claims: Claims): string | null {
  const { email } = claims;
  return typeof email === 'string' && email.length <= LONGEST_EMAIL && EMAIL.test(email) ? email.toLowerCase() : null;
}

/** A domain is itself only, not what is below it. */
function isFrom(domains: readonly string[], email: string): boolean {
  return domains.length === 0 || domains.includes(email.slice(email.lastIndexOf('@') + 1));
}

function nameIn(claims: Claims, email: string): string {
  const { name } = claims;
  // Control characters are in no name, and U+0000 cannot be stored.
  const plain = typeof name === 'string' ? name.replaceAll(/\p{C}/gu, '').trim().slice(0, LONGEST_NAME) : '';
  return plain === '' ? email : plain;
}
