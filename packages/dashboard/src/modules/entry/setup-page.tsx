import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { signInOptionsQuery } from '../../api/queries/entry.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { FirstProject } from './first-project.tsx';
import { InsecureAddress, NotSetUp } from './no-way-in.tsx';
import { SetupAccount } from './setup-account.tsx';
import { useArrive } from './use-arrive.ts';
import { useLinkSecret } from './use-link-secret.ts';

/** The setup link: makes the first account, then the first project. The same page takes the links that let an admin back in. */
export function SetupPage() {
  const secret = useLinkSecret();
  const options = useQuery({ ...signInOptionsQuery, staleTime: Number.POSITIVE_INFINITY });
  const [step, setStep] = useState<'account' | 'project'>('account');
  const { history } = useRouter();
  const arrive = useArrive(undefined);
  if (step === 'project') return <FirstProject />;
  if (options.isError) {
    return (
      <EntryFrame title="Set up Flaghoist">
        <ErrorNote
          failure={failureOf(options.error)}
          action={
            <Button size="sm" onClick={() => void options.refetch()}>
              Try again
            </Button>
          }
        />
      </EntryFrame>
    );
  }
  if (options.isPending) {
    return (
      <EntryFrame title="Set up Flaghoist">
        <Skeleton className="h-64 w-full rounded-lg" />
      </EntryFrame>
    );
  }
  const { isSetUp, secure, problem, version } = options.data;
  if (!secure) return <InsecureAddress problem={problem} version={version} />;
  if (secret === '' && !isSetUp) return <NotSetUp version={version} />;
  if (secret === '') {
    return (
      <EntryFrame
        title="Setup is done"
        description="This installation has its first account already. Sign in, or ask an admin to invite you."
      >
        <LinkButton to="/sign-in" tone="primary" size="lg">
          Sign in
        </LinkButton>
        <Callout title="Nobody can get in any more?">
          On the server’s machine, <code className="font-mono text-sm">flaghoist setup --recover</code> prints a link
          that works once within an hour.
        </Callout>
      </EntryFrame>
    );
  }
  return (
    <SetupAccount
      secret={secret}
      recovers={isSetUp}
      onSession={(session) => {
        if (isSetUp) return arrive(session);
        setStep('project');
        // The link is spent: nobody should come back to it.
        history.replace('/setup');
        return undefined;
      }}
    />
  );
}
