import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { invitationQuery, signInOptionsQuery } from '../../api/queries/entry.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AcceptInvitation } from './accept-invitation.tsx';
import { CodeStep } from './code-step.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { InsecureAddress, LinkWithoutSecret } from './no-way-in.tsx';
import { OfferedGrants } from './offered-grants.tsx';
import { useArrive } from './use-arrive.ts';
import { useLinkSecret } from './use-link-secret.ts';

/** An invitation: who invited whom into what, and what it takes to accept it. */
export function InvitationPage() {
  const secret = useLinkSecret();
  const options = useQuery(signInOptionsQuery);
  const isSecure = options.data?.secure ?? false;
  const offer = useQuery({ ...invitationQuery(secret), enabled: secret !== '' && isSecure });
  const [step, setStep] = useState<'accept' | 'code'>('accept');
  const arrive = useArrive(undefined);
  const navigate = useNavigate();
  if (secret === '') return <LinkWithoutSecret what="link of your invitation" />;
  if (options.data?.secure === false)
    return <InsecureAddress problem={options.data.problem} version={options.data.version} />;
  if (step === 'code') {
    return (
      <EntryFrame
        title="One more step"
        description="You have joined. Your account is protected by an authenticator app."
      >
        <CodeStep onSession={arrive} onBack={() => void navigate({ to: '/sign-in' })} />
      </EntryFrame>
    );
  }
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
      <AcceptInvitation secret={secret} offer={offer.data} onSession={arrive} onCodeNeeded={() => setStep('code')} />
    </EntryFrame>
  );
}
