import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Session } from '../../api/client.ts';
import { formFailure } from '../../api/form-failure.ts';
import { resetPassword, signInOptionsQuery } from '../../api/queries/entry.ts';
import { fieldErrors } from '../../ui/form-state.ts';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { newPasswordProblem } from '../../ui/password-strength.ts';
import { useForm } from '../../ui/use-form.ts';
import { CodeStep } from './code-step.tsx';
import { EntryFrame } from './entry-frame.tsx';
import { InsecureAddress, LinkWithoutSecret } from './no-way-in.tsx';
import { useArrive } from './use-arrive.ts';
import { useLinkSecret } from './use-link-secret.ts';
import { useWait } from './use-wait.ts';
import { FormNote, WaitButton } from './wait-button.tsx';

/** The link of an admin, with which a person chooses a new password. */
export function PasswordResetPage() {
  const secret = useLinkSecret();
  const options = useQuery(signInOptionsQuery);
  const [step, setStep] = useState<'password' | 'code'>('password');
  const arrive = useArrive(undefined);
  const navigate = useNavigate();
  if (secret === '') return <LinkWithoutSecret what="link that an admin gave you" />;
  if (options.data?.secure === false)
    return <InsecureAddress problem={options.data.problem} version={options.data.version} />;
  if (step === 'code') {
    return (
      <EntryFrame
        title="One more step"
        description="The new password is set. Your account is protected by an authenticator app."
      >
        <CodeStep onSession={arrive} onBack={() => void navigate({ to: '/sign-in' })} />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame title="Choose a new password" description="You will be signed out everywhere else.">
      <NewPassword secret={secret} onSession={arrive} onCodeNeeded={() => setStep('code')} />
    </EntryFrame>
  );
}

interface NewPasswordProps {
  readonly secret: string;
  readonly onSession: (session: Session) => void;
  readonly onCodeNeeded: () => void;
}

function NewPassword({ secret, onSession, onCodeNeeded }: NewPasswordProps) {
  const wait = useWait();
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => fieldErrors({ password: newPasswordProblem(password) }),
    send: async ({ password }) => {
      const { session } = await resetPassword({ secret, password });
      if (session === null) onCodeNeeded();
      else onSession(session);
    },
    explain: (error) => {
      const tooMany = wait.heed(error);
      if (tooMany !== null) return { errors: {}, failure: tooMany };
      return formFailure(error, { password: '$.password' });
    },
  });
  return (
    <form {...form.props} method="post" className="flex flex-col gap-4">
      <FormNote failure={form.failure} seconds={wait.seconds} />
      <NewPasswordField
        label="New password"
        value={form.values.password}
        onChange={form.set('password')}
        error={form.errors.password}
      />
      <WaitButton seconds={wait.seconds} loading={form.isSending}>
        Set the password
      </WaitButton>
    </form>
  );
}
