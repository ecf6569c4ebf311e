import { useRef } from 'react';
import type { Session } from '../../api/client.ts';
import { formFailure } from '../../api/form-failure.ts';
import { ApiProblem } from '../../api/problem.ts';
import { signIn } from '../../api/queries/entry.ts';
import { CurrentPasswordField } from '../../ui/current-password-field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { useForm } from '../../ui/use-form.ts';
import { OwnEmailField } from './own-fields.tsx';
import type { Wait } from './use-wait.ts';
import { FormNote, WaitButton } from './wait-button.tsx';

export interface PasswordStepProps {
  readonly wait: Wait;
  readonly onSession: (session: Session) => void;
  /** The password was right, and a code is needed too. */
  readonly onCodeNeeded: () => void;
}

/** E-mail address and password. What went wrong is one sentence: it must not tell which of the two was it. */
export function PasswordStep({ wait, onSession, onCodeNeeded }: PasswordStepProps) {
  const password = useRef<HTMLInputElement>(null);
  const form = useForm({
    initial: { email: '', password: '' },
    check: ({ email, password }) =>
      fieldErrors({
        email: email.trim() === '' ? 'Write your e-mail address.' : null,
        password: password === '' ? 'Write your password.' : null,
      }),
    send: async (values) => {
      const { session } = await signIn({ email: values.email.trim(), password: values.password });
      if (session === null) onCodeNeeded();
      else onSession(session);
    },
    explain: (error) => {
      const tooMany = wait.heed(error);
      if (tooMany !== null) return { errors: {}, failure: tooMany };
      if (error instanceof ApiProblem && error.code === 'sign_in_failed') {
        password.current?.select();
        return { errors: {}, failure: { title: error.detail, detail: 'Check both, and whether Caps Lock is on.' } };
      }
      return formFailure(error, { email: '$.email', password: '$.password' });
    },
  });
  return (
    <form {...form.props} method="post" className="flex flex-col gap-4">
      <FormNote failure={form.failure} seconds={wait.seconds} />
      <OwnEmailField value={form.values.email} onChange={form.set('email')} error={form.errors.email} autoFocus />
      <CurrentPasswordField
        label="Password"
        ref={password}
        value={form.values.password}
        onChange={form.set('password')}
        error={form.errors.password}
      />
      <WaitButton seconds={wait.seconds} loading={form.isSending}>
        Sign in
      </WaitButton>
    </form>
  );
}
