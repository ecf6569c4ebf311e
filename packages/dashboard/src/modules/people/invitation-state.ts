/** What became of an invitation. */
import type { Invitation } from '../../api/openapi.d.ts';

export type InvitationState = 'open' | 'accepted' | 'revoked' | 'expired';

export function invitationState(
  { acceptedAt, revokedAt, expiresAt }: Pick<Invitation, 'acceptedAt' | 'revokedAt' | 'expiresAt'>,
  now: Date,
): InvitationState {
  if (acceptedAt !== null) return 'accepted';
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) <= now.getTime() ? 'expired' : 'open';
}

/** Those that somebody can still accept, newest first. */
export function openInvitations(invitations: readonly Invitation[], now: Date): readonly Invitation[] {
  return invitations
    .filter((invitation) => invitationState(invitation, now) === 'open')
    .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}
