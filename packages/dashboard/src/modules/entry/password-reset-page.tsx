import { formFailure } from '../../api/form-failure.ts';
import { resetPassword } from '../../api/queries/entry.ts';
import { fieldErrors } from '../../ui/form-state.ts';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { newPasswordProblem } from '../../ui/password-strength.ts';
import { useForm } from '../../ui/use-form.ts';
import { EntryFrame } from './entry-frame.tsx';
import { LinkGate, type OpenedLink } from './link-gate.tsx';
import { useWait } from './use-wait.ts';
import { FormNote, WaitButton } from './wait-button.tsx';

/** The link of an admin, with which a person chooses a new password. */
export function PasswordResetPage() {
  return (
    <LinkGate what="link that an admin gave you" done="The new password is set.">
      {(link) => (
        <EntryFrame title="Choose a new password" description="You will be signed out everywhere else.">
          <NewPassword link={link} />
        </EntryFrame>
      )}
    </LinkGate>
  );
}

function NewPassword({ link }: { readonly link: OpenedLink }) {
  const wait = useWait();
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => fieldErrors({ password: newPasswordProblem(password) }),
    send: async ({ password }) => {
      const { session } = await resetPassword({ secret: link.secret, password });
      if (session === null) link.onCodeNeeded();
      else link.onSession(session);
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
