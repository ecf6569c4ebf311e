import { useQueryClient } from '@tanstack/react-query';
import { formFailure } from '../../api/form-failure.ts';
import { removeTotp, renewSession } from '../../api/queries/account.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { PasswordInput } from '../../ui/password-input.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { UsernameForManagers } from '../../ui/username-for-managers.tsx';

export interface StopTwoStepProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly email: string;
}

/** Turns two-step sign-in off, with the password. */
export function StopTwoStep({ open, onClose, email }: StopTwoStepProps) {
  const client = useQueryClient();
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => fieldErrors({ password: password === '' ? 'Write your password.' : null }),
    send: async ({ password }) => {
      renewSession(client, await removeTotp(password));
      onClose();
      showToast({ title: 'Two-step sign-in is off', detail: 'Your recovery codes are good no more.' });
    },
    explain: (error) =>
      formFailure(error, { password: '$.password' }, { password_wrong: 'password', too_many_attempts: 'password' }),
  });
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title="Turn two-step sign-in off?"
      description="Your password alone will open your account. The recovery codes are thrown away."
      size="sm"
      form={form}
      action="Turn off"
      tone="danger"
    >
      <UsernameForManagers email={email} />
      <Field label="Your password" error={form.errors.password}>
        <PasswordInput
          value={form.values.password}
          onChange={form.set('password')}
          name="password"
          autoComplete="current-password"
          autoFocus
        />
      </Field>
    </FormDialog>
  );
}
