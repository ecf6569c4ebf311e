import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { invitationsQuery, peopleQuery } from '../../api/queries/people.ts';
import { sessionQuery } from '../../api/queries/session.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { InvitationsPanel } from './invitations-panel.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { openInvitations } from './invitation-state.ts';
import { PeoplePanel } from './people-panel.tsx';
import { PersonDrawer } from './person-drawer.tsx';

/** People: who may do what, and who is invited. For whoever administers something. */
export function PeoplePage() {
  const { tab, person } = useSearch({ from: '/people' });
  const navigate = useNavigate({ from: '/people' });
  const session = useQuery(sessionQuery);
  const administers = session.data?.grants.some(({ role }) => role === 'admin') ?? false;
  const people = useQuery({ ...peopleQuery, enabled: administers });
  const invitations = useQuery({ ...invitationsQuery, enabled: administers });
  // A number, so that each opening begins anew.
  const [inviting, setInviting] = useState({ open: false, opening: 0 });
  const invite = () => setInviting(({ opening }) => ({ open: true, opening: opening + 1 }));
  if (session.data !== undefined && !administers) {
    return (
      <>
        <PageHeader title="People" />
        <Callout title="People are shown to admins">
          You are an admin of no project and no environment. Somebody who is one can tell you who may do what, and give
          you a role.
        </Callout>
      </>
    );
  }
  const open = openInvitations(invitations.data ?? [], new Date());
  return (
    <>
      <PageHeader
        title="People"
        description="Who can sign in, and what they may do in the parts that you administer."
        actions={
          <Button tone="primary" icon={UserPlus} onClick={invite}>
            Invite
          </Button>
        }
      />
      <Tabs
        aria-label="People and invitations"
        value={tab === 'invitations' ? 'invitations' : 'people'}
        onChange={(next) =>
          void navigate({ search: (now) => ({ ...now, tab: next === 'people' ? undefined : next }), replace: true })
        }
        tabs={[
          {
            value: 'people',
            label: 'People',
            badge: count(people.data?.length),
            panel: <PeoplePanel people={people} onInvite={invite} self={session.data?.person.id} />,
          },
          {
            value: 'invitations',
            label: 'Invitations',
            badge: count(invitations.data && open.length),
            panel: <InvitationsPanel query={invitations} open={open} onInvite={invite} />,
          },
        ]}
      />
      <InviteDialog
        key={inviting.opening}
        open={inviting.open}
        onClose={() => setInviting((now) => ({ ...now, open: false }))}
      />
      <PersonDrawer
        id={person}
        onClose={() => void navigate({ search: (now) => ({ ...now, person: undefined }), replace: true })}
      />
    </>
  );
}

function count(number: number | undefined) {
  return number === undefined ? undefined : <span className="text-sm text-faint nums">{number}</span>;
}
