import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { mySessionsQuery, useRevokeSessions } from '../../api/queries/account.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { SessionRow } from './session-row.tsx';

/** Where one is signed in, this browser first. */
export function SessionsSection() {
  const sessions = useQuery(mySessionsQuery);
  const revoke = useRevokeSessions();
  const [isAsking, setAsking] = useState(false);
  const entries = [...(sessions.data ?? [])].sort(
    (one, other) => Number(other.current) - Number(one.current) || (one.lastSeenAt < other.lastSeenAt ? 1 : -1),
  );
  const others = entries.filter(({ current }) => !current).map(({ id }) => id);
  const close = () => {
    setAsking(false);
    revoke.reset();
  };
  return (
    <Section
      title="Sessions"
      description="Where you are signed in. A session ends by itself after seven days without a visit."
      actions={
        others.length > 0 && (
          <Button size="sm" onClick={() => setAsking(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      {sessions.isError && (
        <ErrorNote
          failure={failureOf(sessions.error)}
          action={
            <Button size="sm" onClick={() => void sessions.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {sessions.isPending && (
        <Card flush>
          <SkeletonRows count={2} height={60} />
        </Card>
      )}
      {entries.length > 0 && (
        <Card flush>
          <ul className="divide-y divide-line">
            {entries.map((entry) => (
              <SessionRow key={entry.id} entry={entry} />
            ))}
          </ul>
        </Card>
      )}
      <ConfirmDialog
        open={isAsking}
        onClose={close}
        title={others.length === 1 ? 'Sign out the other session?' : `Sign out ${others.length} other sessions?`}
        action="Sign out"
        tone="primary"
        pending={revoke.isPending}
        failure={revoke.isError ? failureOf(revoke.error) : null}
        onConfirm={() =>
          revoke.mutate(others, {
            onSuccess: () => {
              close();
              showToast({ title: 'You are signed out everywhere else', tone: 'on' });
            },
          })
        }
      >
        Whoever uses them has to sign in again. You stay signed in here.
      </ConfirmDialog>
    </Section>
  );
}
