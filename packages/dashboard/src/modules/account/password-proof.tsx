/** The password once more: whoever finds an open browser must not be able to lock its owner out, or to weaken the account. */
import { formFailure } from '../../api/form-failure.ts';
import { CurrentPasswordField } from '../../ui/current-password-field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { type Form, useForm } from '../../ui/use-form.ts';
import { UsernameForManagers } from '../../ui/username-for-managers.tsx';

export interface PasswordProof {
  readonly password: string;
}

/** A form of the password alone; `send` does with it what needs the proof. */
export function usePasswordProof(send: (password: string) => Promise<void>): Form<PasswordProof> {
  return useForm<PasswordProof>({
    initial: { password: '' },
    check: ({ password }) => fieldErrors({ password: password === '' ? 'Write your password.' : null }),
    send: ({ password }) => send(password),
    explain: (error) =>
      formFailure(error, { password: '$.password' }, { password_wrong: 'password', too_many_attempts: 'password' }),
  });
}

export interface PasswordProofFieldProps {
  readonly form: Form<PasswordProof>;
  readonly email: string;
  readonly hint?: string | undefined;
}

/** What stands in that form. */
export function PasswordProofField({ form, email, hint }: PasswordProofFieldProps) {
  return (
    <>
      <UsernameForManagers email={email} />
      <CurrentPasswordField
        label="Your password"
        hint={hint}
        error={form.errors.password}
        value={form.values.password}
        onChange={form.set('password')}
        autoFocus
      />
    </>
  );
}
