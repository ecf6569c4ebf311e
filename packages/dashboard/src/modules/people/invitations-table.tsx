import { useState } from 'react';
import type { GrantNames } from '../../api/grant-words.ts';
import type { Invitation } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useRevokeInvitation } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { showToast } from '../../ui/toast.tsx';
import { RoleList } from './role-list.tsx';

export interface InvitationsTableProps {
  /** The open ones. */
  readonly invitations: readonly Invitation[];
  readonly names: GrantNames;
}

/** Invitations that nobody has accepted yet. Their links were shown once; what is left is to revoke them. */
export function InvitationsTable({ invitations, names }: InvitationsTableProps) {
  const revoke = useRevokeInvitation();
  const [asked, setAsked] = useState<Invitation | null>(null);
  const close = () => {
    setAsked(null);
    revoke.reset();
  };
  return (
    <Card flush>
      <Table aria-label="Open invitations">
        <THead>
          <Th>Invited</Th>
          <Th className="max-md:hidden">Roles</Th>
          <Th className="max-md:hidden">By</Th>
          <Th>Good until</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </THead>
        <tbody>
          {invitations.map((invitation) => (
            <Tr key={invitation.id}>
              <Td>
                <span className="block font-medium wrap-anywhere">{invitation.name ?? invitation.email}</span>
                {invitation.name !== null && (
                  <span className="block text-sm wrap-anywhere text-faint">{invitation.email}</span>
                )}
                <span className="block text-sm text-soft md:hidden">
                  <RoleList grants={invitation.grants} names={names} />
                </span>
              </Td>
              <Td className="max-w-96 max-md:hidden">
                <RoleList grants={invitation.grants} names={names} />
              </Td>
              <Td className="max-md:hidden">{invitation.createdBy}</Td>
              <Td className="whitespace-nowrap">
                <TimeText at={invitation.expiresAt} />
              </Td>
              <Td className="text-right">
                <Button
                  size="sm"
                  onClick={() => setAsked(invitation)}
                  aria-label={`Revoke the invitation for ${invitation.email}`}
                >
                  Revoke
                </Button>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <ConfirmDialog
        open={asked !== null}
        onClose={close}
        title={`Revoke the invitation for ${asked?.email ?? ''}?`}
        action="Revoke"
        pending={revoke.isPending}
        failure={revoke.isError ? failureOf(revoke.error) : null}
        onConfirm={() => {
          if (asked === null) return;
          revoke.mutate(asked.id, {
            onSuccess: () => {
              close();
              showToast({ title: 'The invitation is revoked', tone: 'on' });
            },
          });
        }}
      >
        The link stops working. You can invite the same person again.
      </ConfirmDialog>
    </Card>
  );
}
