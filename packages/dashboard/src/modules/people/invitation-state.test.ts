import { expect, test } from 'vitest';
import type { Invitation } from '../../api/openapi.d.ts';
import { invitationState, openInvitations } from './invitation-state.ts';

const now = new Date('2026-03-04T12:00:00Z');
const invitation = (id: string, more: Partial<Invitation> = {}): Invitation => ({
  id,
  email: 'ada@example.com',
  name: null,
  grants: [],
  createdAt: `2026-03-0${id}T00:00:00Z`,
  createdBy: 'Bo',
  expiresAt: '2026-03-10T00:00:00Z',
  acceptedAt: null,
  revokedAt: null,
  ...more,
});

test('an invitation is open until it is used, revoked or over', () => {
  expect(invitationState(invitation('1'), now)).toBe('open');
  expect(invitationState(invitation('1', { acceptedAt: '2026-03-02T00:00:00Z' }), now)).toBe('accepted');
  expect(invitationState(invitation('1', { revokedAt: '2026-03-02T00:00:00Z' }), now)).toBe('revoked');
  expect(invitationState(invitation('1', { expiresAt: '2026-03-04T12:00:00Z' }), now)).toBe('expired');
});

test('open invitations stand newest first', () => {
  const all = [invitation('1'), invitation('2', { revokedAt: '2026-03-02T00:00:00Z' }), invitation('3')];
  expect(openInvitations(all, now).map(({ id }) => id)).toEqual(['3', '1']);
});
