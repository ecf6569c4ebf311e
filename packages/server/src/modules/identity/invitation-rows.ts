/** Invitations as their tables have them, and as people see them. */
import { type Queryable, rows, sql } from '../../platform/database.ts';
import type { Rights } from '../../platform/rights.ts';
import { type NamedGrant, showGrant } from '../access/index.ts';

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  /** `person:…` or `token:…`. */
  readonly createdById: string;
  readonly expiresAt: string;
  readonly acceptedAt: string | null;
  readonly revokedAt: string | null;
}

export interface Invitation extends InvitationRow {
  readonly grants: readonly NamedGrant[];
}

export const INVITATIONS = sql`select id, email, name, created_at as "createdAt", created_by as "createdBy", created_by_id as "createdById",
  expires_at as "expiresAt", accepted_at as "acceptedAt", revoked_at as "revokedAt" from invitations`;

/** With what they offer. */
export async function withGrants(on: Queryable, found: readonly InvitationRow[]): Promise<readonly Invitation[]> {
  const ids = found.map(({ id }) => id);
  const all = await rows(
    on,
    sql<NamedGrant & { invitationId: string }>`select i.invitation_id as "invitationId", i.role,
      i.project_id as "projectId", i.environment_id as "environmentId", p.key as project, e.key as environment
      from invitation_grants i left join projects p on p.id = i.project_id left join environments e on e.id = i.environment_id
      where i.invitation_id = any(${ids}::uuid[]) order by p.key nulls first, e.key nulls first`,
  );
  return found.map((one) => ({ ...one, grants: all.filter(({ invitationId }) => invitationId === one.id) }));
}

/** Those with a grant in the scopes of these rights. */
export function administeredBy(rights: Rights) {
  if (rights.inInstallation === 'admin') return sql`true`;
  const admin = rights.grants.filter((grant) => grant.projectId !== null && rights.administers(grant));
  const projects = admin.flatMap(({ projectId, environmentId }) => (environmentId === null ? [projectId] : []));
  const environments = admin.flatMap(({ environmentId }) => (environmentId === null ? [] : [environmentId]));
  return sql`exists (select 1 from invitation_grants g where g.invitation_id = invitations.id
    and (g.project_id = any(${projects}::uuid[]) or g.environment_id = any(${environments}::uuid[])))`;
}

export function showInvitation(invitation: Invitation, isShown: (grant: NamedGrant) => boolean = () => true) {
  const { id, email, name, createdAt, createdBy, expiresAt, acceptedAt, revokedAt } = invitation;
  const grants = invitation.grants.filter(isShown).map(showGrant);
  return { id, email, name, grants, createdAt, createdBy, expiresAt, acceptedAt, revokedAt };
}
