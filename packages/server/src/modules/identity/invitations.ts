/** Invitations: a link that makes an account, or adds grants to the one that is there. Bound to an e-mail, good once. */
import { randomUUID } from 'node:crypto';
import { mintSecret } from '@flaghoist/protocol/keys';
import type { InvitationCreate } from '@flaghoist/protocol/management';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import { type Grants, showGrant } from '../access/index.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import {
  administeredBy,
  type Invitation,
  type InvitationRow,
  INVITATIONS,
  showInvitation,
  withGrants,
} from './invitation-rows.ts';
import { requireAdministered } from './person-edits.ts';

const LASTS_MS = 7 * 24 * 3_600_000;

export type Invitations = ReturnType<typeof createInvitations>;

interface InvitationsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly grants: Grants;
}

export function createInvitations(deps: InvitationsDeps) {
  const { db, changes, grants } = deps;

  async function insert(unit: UnitOfWork, invitation: Invitation, hash: string): Promise<void> {
    const { id, email, name, createdAt, createdBy, createdById, expiresAt } = invitation;
    await sql`insert into invitations (id, sha256, email, name, created_at, created_by, created_by_id, expires_at)
      values (${id}::uuid, ${hash}, ${email}, ${name}, ${createdAt}, ${createdBy}, ${createdById}, ${expiresAt})`.execute(
      unit.tx,
    );
    for (const { role, projectId, environmentId } of invitation.grants)
      await sql`insert into invitation_grants (invitation_id, role, project_id, environment_id)
        values (${id}::uuid, ${role}, ${projectId}::uuid, ${environmentId}::uuid)`.execute(unit.tx);
  }

  return {
    async list(rights: Rights, before: string, limit: number) {
      const found = await rows(
        db,
        sql<InvitationRow>`${INVITATIONS} where id::text > ${before} and ${administeredBy(rights)} order by id::text limit ${limit}`,
      );
      return (await withGrants(db, found)).map((one) => showInvitation(one, (grant) => rights.administers(grant)));
    },

    /** @param origin what the link begins with. */
    async create(command: Command, input: InvitationCreate, origin: string): Promise<Written> {
      const wanted = await grants.resolve(input.grants, '$.grants', command.rights);
      for (const grant of wanted) requireAdministered(command.rights, grant);
      return changes.execute(command, async (unit) => {
        const minted = mintSecret('invitation', randomBytes(40), sha256);
        const invitation: Invitation = {
          id: randomUUID(),
          email: input.email.toLowerCase(),
          name: input.name ?? null,
          createdAt: unit.at,
          createdBy: command.actor.name,
          createdById: command.actor.id,
          expiresAt: new Date(new Date(unit.at).getTime() + LASTS_MS).toISOString(),
          acceptedAt: null,
          revokedAt: null,
          grants: wanted,
        };
        await insert(unit, invitation, minted.sha256);
        unit.note(chainOf.installation(), { invitation: invitation.id, granted: wanted.map(showGrant) });
        return { status: 201, body: { ...showInvitation(invitation), link: `${origin}/invitation#${minted.text}` } };
      });
    },

    async revoke(command: Command, id: string): Promise<Written> {
      return changes.execute(command, async (unit) => {
        const found = await row(
          unit.tx,
          sql<InvitationRow>`${INVITATIONS} where id::text = ${id} and ${administeredBy(command.rights)} for update`,
        );
        const [invitation] = found === undefined ? [] : await withGrants(unit.tx, [found]);
        if (invitation === undefined) throw new Refusal('not_found', 'There is no such invitation that you may see.');
        for (const grant of invitation.grants) requireAdministered(command.rights, grant);
        if (invitation.revokedAt !== null || invitation.acceptedAt !== null)
          return { status: 200, body: showInvitation(invitation) };
        await sql`update invitations set revoked_at = ${unit.at} where id = ${invitation.id}::uuid`.execute(unit.tx);
        unit.note(chainOf.installation(), { invitation: invitation.id, revoked: true });
        return { status: 200, body: showInvitation({ ...invitation, revokedAt: unit.at }) };
      });
    },
  };
}
