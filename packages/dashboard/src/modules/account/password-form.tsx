import { useQueryClient } from '@tanstack/react-query';
import { formFailure } from '../../api/form-failure.ts';
import { changePassword, renewSession } from '../../api/queries/account.ts';
import { Button } from '../../ui/button.tsx';
import { CurrentPasswordField } from '../../ui/current-password-field.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { newPasswordProblem } from '../../ui/password-strength.ts';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { UsernameForManagers } from '../../ui/username-for-managers.tsx';

const EMPTY = { current: '', password: '' };

/** Changes one's own password. `email` is for password managers. */
export function PasswordForm({ email }: { readonly email: string }) {
  const client = useQueryClient();
  const form = useForm({
    initial: EMPTY,
    check: ({ current, password }) =>
      fieldErrors({
        current: current === '' ? 'Write your present password.' : null,
        password:
          current !== '' && current === password
            ? 'This is the password you have. Choose another.'
            : newPasswordProblem(password),
      }),
    send: async (values) => {
      renewSession(client, await changePassword(values));
      form.reset(EMPTY);
      showToast({ title: 'Your password is changed', detail: 'You are signed out everywhere else.', tone: 'on' });
    },
    explain: (error) =>
      formFailure(
        error,
        { current: '$.current', password: '$.password' },
        { password_wrong: 'current', too_many_attempts: 'current' },
      ),
  });
  return (
    <form {...form.props} className="flex max-w-sm flex-col gap-4">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <UsernameForManagers email={email} />
      <CurrentPasswordField
        label="Present password"
        hint="None yet, because you sign in through a provider? An admin can make you a link."
        value={form.values.current}
        onChange={form.set('current')}
        error={form.errors.current}
      />
      <NewPasswordField
        label="New password"
        value={form.values.password}
        onChange={form.set('password')}
        error={form.errors.password}
      />
      <Button type="submit" loading={form.isSending} className="self-start">
        Change the password
      </Button>
    </form>
  );
}
