import { useQuery } from '@tanstack/react-query';
import { failureOf } from '../../api/problem.ts';
import { invitationQuery, signInOptionsQuery } from '../../api/queries/entry.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AcceptInvitation } from './accept-invitation.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { LinkGate, type OpenedLink } from './link-gate.tsx';
import { OfferedGrants } from './offered-grants.tsx';

/** An invitation: who invited whom into what, and what it takes to accept it. */
export function InvitationPage() {
  return (
    <LinkGate what="link of your invitation" done="You have joined.">
      {(link) => <Invitation link={link} />}
    </LinkGate>
  );
}

function Invitation({ link }: { readonly link: OpenedLink }) {
  const options = useQuery(signInOptionsQuery);
  const offer = useQuery({ ...invitationQuery(link.secret), enabled: options.data?.secure ?? false });
  const failed = options.isError ? options : offer.isError ? offer : null;
  if (failed !== null) {
    return (
      <EntryFrame title="Invitation">
        <ErrorNote failure={failureOf(failed.error)} />
        <div className="flex gap-2">
          <Button onClick={() => void failed.refetch()} loading={failed.isFetching}>
            Try again
          </Button>
          <LinkButton to="/sign-in" tone="ghost">
            Go to signing in
          </LinkButton>
        </div>
      </EntryFrame>
    );
  }
  if (offer.data === undefined) {
    return (
      <EntryFrame title="Invitation">
        <Skeleton className="h-72 w-full rounded-lg" />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame
      title="You are invited"
      description={
        <>
          {offer.data.createdBy} invites <strong className="font-medium text-ink">{offer.data.email}</strong> to
          Flaghoist as
        </>
      }
    >
      <OfferedGrants grants={offer.data.grants} />
      <AcceptInvitation link={link} offer={offer.data} />
    </EntryFrame>
  );
}
