import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Session } from '../../api/client.ts';
import { signInOptionsQuery } from '../../api/queries/entry.ts';
import { CodeStep } from './code-step.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { InsecureAddress, LinkWithoutSecret } from './no-way-in.tsx';
import { useArrive } from './use-arrive.ts';
import { useLinkSecret } from './use-link-secret.ts';

/** What a page does with a link that works once. */
export interface OpenedLink {
  readonly secret: string;
  /** The link has been used, and one is signed in. */
  readonly onSession: (session: Session) => void;
  /** The link has been used, and the account asks for a code too. */
  readonly onCodeNeeded: () => void;
}

export interface LinkGateProps {
  /** Which link it is, after “the whole”. */
  readonly what: string;
  /** What has happened when a code is all that is missing: a sentence. */
  readonly done: string;
  readonly children: (link: OpenedLink) => ReactNode;
}

/** What every link that works once needs: its secret, an address where a password is safe, and the second step of whoever has one. */
export function LinkGate({ what, done, children }: LinkGateProps) {
  const secret = useLinkSecret();
  const options = useQuery(signInOptionsQuery).data;
  const [isCodeNeeded, setCodeNeeded] = useState(false);
  const arrive = useArrive(undefined);
  const navigate = useNavigate();
  if (secret === '') return <LinkWithoutSecret what={what} />;
  if (options?.secure === false) return <InsecureAddress problem={options.problem} version={options.version} />;
  if (isCodeNeeded)
    return (
      <EntryFrame title="One more step" description={`${done} Your account is protected by an authenticator app.`}>
        <CodeStep onSession={arrive} onBack={() => void navigate({ to: '/sign-in' })} />
      </EntryFrame>
    );
  return children({ secret, onSession: arrive, onCodeNeeded: () => setCodeNeeded(true) });
}
