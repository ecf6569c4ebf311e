import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Session } from '../../api/client.ts';
import type { SignInOptions } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { signInOptionsQuery } from '../../api/queries/entry.ts';
import { safeReturn } from '../../api/return-path.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { CodeStep } from './code-step.tsx';
import { ConnectionButtons } from './connection-buttons.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { InsecureAddress, NotSetUp } from './no-way-in.tsx';
import { PasswordStep } from './password-step.tsx';
import { signInProblem } from './sign-in-problems.ts';
import { useArrive } from './use-arrive.ts';
import { useWait } from './use-wait.ts';

/** Signs in, by password or with a connection, and goes where one wanted to go. */
export function SignInPage() {
  const { to, problem, connection } = useSearch({ from: '/sign-in' });
  const options = useQuery(signInOptionsQuery);
  const arrive = useArrive(to);
  if (options.isError) {
    return (
      <EntryFrame title="Sign in">
        <ErrorNote
          failure={failureOf(options.error)}
          action={
            <Button size="sm" onClick={() => void options.refetch()} loading={options.isFetching}>
              Try again
            </Button>
          }
        />
      </EntryFrame>
    );
  }
  if (options.isPending) {
    return (
      <EntryFrame title="Sign in">
        <div role="status" className="flex flex-col gap-4">
          <span className="sr-only">Loading</span>
          {[0, 1].map((at) => (
            <span key={at} className="flex flex-col gap-1.5">
              <Skeleton className="h-5 w-20" />
              <Skeleton className="h-8 w-full rounded-md" />
            </span>
          ))}
          <Skeleton className="h-10 w-full rounded-md" />
        </div>
      </EntryFrame>
    );
  }
  if (!options.data.isSetUp) return <NotSetUp version={options.data.version} />;
  if (!options.data.secure) return <InsecureAddress problem={options.data.problem} version={options.data.version} />;
  return (
    <Steps options={options.data} to={safeReturn(to)} problem={problem} connection={connection} onSession={arrive} />
  );
}

interface StepsProps {
  readonly options: SignInOptions;
  readonly to: string;
  readonly problem: string | undefined;
  /** Key of the one that the problem is about. */
  readonly connection: string | undefined;
  readonly onSession: (session: Session) => void;
}

function Steps({ options, to, problem, connection, onSession }: StepsProps) {
  const [step, setStep] = useState<'password' | 'code'>('password');
  const [cameBack, setCameBack] = useState(() =>
    signInProblem(problem, options.connections.find(({ key }) => key === connection)?.name),
  );
  const wait = useWait();
  const footer = <span className="nums">Flaghoist {options.version}</span>;
  if (step === 'code') {
    return (
      <EntryFrame
        title="One more step"
        description="Your account is protected by an authenticator app."
        footer={footer}
      >
        <CodeStep onSession={onSession} onBack={() => setStep('password')} />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame title="Sign in" footer={footer}>
      {cameBack !== null && <ErrorNote failure={cameBack} />}
      <PasswordStep
        wait={wait}
        onSession={onSession}
        onCodeNeeded={() => {
          setCameBack(null);
          setStep('code');
        }}
      />
      <ConnectionButtons connections={options.connections} to={to} />
      <p className="text-sm text-faint">
        Forgot your password? An admin of this installation can make you a link with which you choose a new one.
      </p>
    </EntryFrame>
  );
}
