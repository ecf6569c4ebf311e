import { useEffect } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import type { TotpBegun } from '../../api/openapi.d.ts';
import { beginTotp } from '../../api/queries/account.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { PasswordInput } from '../../ui/password-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { UsernameForManagers } from '../../ui/username-for-managers.tsx';

export interface ProvePasswordProps {
  /** Of the form, for the button that sends it. */
  readonly id: string;
  readonly email: string;
  readonly onSending: (isSending: boolean) => void;
  readonly onBegun: (begun: TotpBegun) => void;
}

/** Asks for the password once more: whoever finds an open browser must not be able to lock its owner out. */
export function ProvePassword({ id, email, onSending, onBegun }: ProvePasswordProps) {
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => fieldErrors({ password: password === '' ? 'Write your password.' : null }),
    send: async ({ password }) => onBegun(await beginTotp(password)),
    explain: (error) =>
      formFailure(error, { password: '$.password' }, { password_wrong: 'password', too_many_attempts: 'password' }),
  });
  useEffect(() => onSending(form.isSending), [onSending, form.isSending]);
  return (
    <form {...form.props} id={id} className="flex flex-col gap-4">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <UsernameForManagers email={email} />
      <Field label="Your password" hint="To be sure that it is you." error={form.errors.password}>
        <PasswordInput
          value={form.values.password}
          onChange={form.set('password')}
          name="password"
          autoComplete="current-password"
          autoFocus
        />
      </Field>
    </form>
  );
}
