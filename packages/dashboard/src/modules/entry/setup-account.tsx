import { useQueryClient } from '@tanstack/react-query';
import type { Session } from '../../api/client.ts';
import { emailProblem, ownNameProblem } from '../../api/person-text.ts';
import { formFailure } from '../../api/form-failure.ts';
import { setUpAccount } from '../../api/queries/entry.ts';
import { adoptSession } from '../../api/queries/session.ts';
import { Callout } from '../../ui/callout.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { newPasswordProblem } from '../../ui/password-strength.ts';
import { Stepper } from '../../ui/stepper.tsx';
import { useForm } from '../../ui/use-form.ts';
import { EntryFrame } from './entry-frame.tsx';
import { OwnEmailField, OwnNameField } from './own-fields.tsx';
import { useWait } from './use-wait.ts';
import { FormNote, WaitButton } from './wait-button.tsx';

export interface SetupAccountProps {
  readonly secret: string;
  /** There are accounts already: the link lets an admin back in. */
  readonly recovers: boolean;
  readonly onSession: (session: Session) => void;
}

/** Makes an admin's account: the first one, or one more with a recovery link. */
export function SetupAccount({ secret, recovers, onSession }: SetupAccountProps) {
  const client = useQueryClient();
  const wait = useWait();
  const form = useForm({
    initial: { name: '', email: '', password: '' },
    check: ({ name, email, password }) =>
      fieldErrors({ name: ownNameProblem(name), email: emailProblem(email), password: newPasswordProblem(password) }),
    send: async ({ name, email, password }) => {
      const session = await setUpAccount({ setup: secret, name: name.trim(), email: email.trim(), password });
      adoptSession(client, session);
      onSession(session);
    },
    explain: (error) => {
      const tooMany = wait.heed(error);
      if (tooMany !== null) return { errors: {}, failure: tooMany };
      return formFailure(error, { name: '$.name', email: '$.email', password: '$.password' });
    },
  });
  return (
    <EntryFrame
      title={recovers ? 'Get back in' : 'Set up Flaghoist'}
      description={
        recovers
          ? 'This recovery link makes an account an admin of the installation.'
          : 'Create the first account. It is an admin’s and can invite everybody else.'
      }
    >
      {!recovers && <Stepper aria-label="Setting up" steps={['Your account', 'First project']} current={0} />}
      {recovers && (
        <Callout tone="warn" title="An account with this e-mail address is taken over">
          It is enabled, becomes an admin’s, gets this password, and loses its authenticator app and its sessions. If
          there is none, a new one is made.
        </Callout>
      )}
      <form {...form.props} method="post" className="flex flex-col gap-4">
        <FormNote failure={form.failure} seconds={wait.seconds} />
        <OwnNameField value={form.values.name} onChange={form.set('name')} error={form.errors.name} autoFocus />
        <OwnEmailField
          value={form.values.email}
          onChange={form.set('email')}
          hint="You sign in with it. Nothing is sent to it."
          error={form.errors.email}
        />
        <NewPasswordField value={form.values.password} onChange={form.set('password')} error={form.errors.password} />
        <WaitButton seconds={wait.seconds} loading={form.isSending}>
          {recovers ? 'Take over and sign in' : 'Create the account'}
        </WaitButton>
      </form>
    </EntryFrame>
  );
}
