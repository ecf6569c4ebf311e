import type { UseQueryResult } from '@tanstack/react-query';
import { MailOpen } from 'lucide-react';
import type { Invitation } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useGrantNames } from '../../api/queries/grant-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { InvitationsTable } from './invitations-table.tsx';

export interface InvitationsPanelProps {
  readonly query: Pick<UseQueryResult, 'isPending' | 'isError' | 'error' | 'refetch'>;
  readonly open: readonly Invitation[];
  readonly onInvite: () => void;
}

/** The invitations that are still open. */
export function InvitationsPanel({ query, open, onInvite }: InvitationsPanelProps) {
  const names = useGrantNames(open.flatMap(({ grants }) => grants));
  if (query.isError) {
    return (
      <ErrorNote
        failure={failureOf(query.error)}
        action={
          <Button size="sm" onClick={() => void query.refetch()}>
            Try again
          </Button>
        }
      />
    );
  }
  if (query.isPending) {
    return (
      <Card flush>
        <SkeletonRows count={3} height={60} />
      </Card>
    );
  }
  if (open.length > 0) return <InvitationsTable invitations={open} names={names} />;
  return (
    <EmptyState
      drawing={<MailOpen className="size-10" strokeWidth={1.25} />}
      title="No open invitations"
      action={<Button onClick={onInvite}>Invite somebody</Button>}
    >
      An invitation is a link for one e-mail address with the roles it gives. You hand it over yourself; it works once,
      for seven days.
    </EmptyState>
  );
}
