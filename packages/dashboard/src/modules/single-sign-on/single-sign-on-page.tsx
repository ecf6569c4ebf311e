import { useQuery } from '@tanstack/react-query';
import { KeySquare, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Connection } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { connectionsQuery } from '../../api/queries/connections.ts';
import { sessionQuery } from '../../api/queries/session.ts';
import { roleInInstallation } from '../../api/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ConnectionDialog } from './connection-dialog.tsx';
import { ConnectionList } from './connection-list.tsx';
import type { RoleEditors } from './slots.ts';

const TITLE = 'Single sign-on';
const DESCRIPTION = 'Connections to identity providers, such as the one your company signs in with.';

/** Connections to identity providers; for admins of the installation. */
export function SingleSignOnPage(editors: RoleEditors) {
  const session = useQuery(sessionQuery);
  const isAllowed = roleInInstallation(session.data?.grants ?? []) === 'admin';
  const connections = useQuery({ ...connectionsQuery, enabled: isAllowed });
  // A number, so that each opening begins anew. `connection` null: a new one.
  const [edited, setEdited] = useState<{
    readonly open: boolean;
    readonly opening: number;
    readonly connection: Connection | null;
  }>({
    open: false,
    opening: 0,
    connection: null,
  });
  const edit = (connection: Connection | null) =>
    setEdited(({ opening }) => ({ open: true, opening: opening + 1, connection }));
  if (session.data !== undefined && !isAllowed) {
    return (
      <>
        <PageHeader title={TITLE} description={DESCRIPTION} />
        <Callout title="This is up to an admin of the installation">
          You administer a part of it at most. Ask somebody who administers all of it.
        </Callout>
      </>
    );
  }
  const all = connections.data ?? [];
  return (
    <>
      <PageHeader
        title={TITLE}
        description={DESCRIPTION}
        actions={
          <Button tone="primary" icon={Plus} onClick={() => edit(null)}>
            Add a connection
          </Button>
        }
      />
      {connections.isError && (
        <ErrorNote
          failure={failureOf(connections.error)}
          action={
            <Button size="sm" onClick={() => void connections.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {connections.isPending && (
        <Card flush>
          <SkeletonRows count={2} height={120} />
        </Card>
      )}
      {all.length > 0 && <ConnectionList connections={all} onEdit={edit} />}
      {connections.data !== undefined && !all.some(({ archivedAt }) => archivedAt === null) && (
        <EmptyState
          drawing={<KeySquare className="size-10" strokeWidth={1.25} />}
          title="People sign in by password so far"
          action={<Button onClick={() => edit(null)}>Add a connection</Button>}
        >
          With a connection they sign in with the account they have at work: no further password, and whoever leaves the
          company loses access with that account. Any provider that speaks OpenID Connect will do. Passwords keep
          working beside it.
        </EmptyState>
      )}
      <ConnectionDialog
        key={edited.opening}
        open={edited.open}
        onClose={() => setEdited((now) => ({ ...now, open: false }))}
        connection={edited.connection}
        editors={editors}
      />
    </>
  );
}
