import { useState } from 'react';
import type { Session } from '../../api/client.ts';
import { formFailure } from '../../api/form-failure.ts';
import { ApiProblem } from '../../api/problem.ts';
import { sendCode } from '../../api/queries/entry.ts';
import { Button } from '../../ui/button.tsx';
import { CodeInput } from '../../ui/code-input.tsx';
import { codeProblem } from '../../ui/code-text.ts';
import { Field } from '../../ui/field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { useWait } from './use-wait.ts';
import { FormNote, WaitButton } from './wait-button.tsx';

export interface CodeStepProps {
  readonly onSession: (session: Session) => void;
  readonly onBack: () => void;
}

/** The second step: a code of the authenticator app, or one of the recovery codes. */
export function CodeStep({ onSession, onBack }: CodeStepProps) {
  const [kind, setKind] = useState<'app' | 'recovery'>('app');
  const wait = useWait();
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => fieldErrors({ code: kind === 'app' ? codeProblem(code) : recoveryProblem(code) }),
    send: async ({ code }) => {
      const { session } = await sendCode(code.trim());
      if (session === null) throw new Error('The server wants a code after the code.');
      onSession(session);
    },
    explain: (error) => {
      const tooMany = wait.heed(error);
      if (tooMany !== null) return { errors: {}, failure: tooMany };
      if (error instanceof ApiProblem && error.code === 'sign_in_failed')
        return { errors: { code: error.detail }, failure: null };
      return formFailure(error, { code: '$.code' }, { code_wrong: 'code' });
    },
  });
  const isApp = kind === 'app';
  const swap = () => {
    setKind(isApp ? 'recovery' : 'app');
    form.reset({ code: '' });
  };
  return (
    <form {...form.props} className="flex flex-col gap-4">
      <FormNote failure={form.failure} seconds={wait.seconds} />
      {isApp ? (
        <Field
          key="app"
          label="Code"
          hint="Six digits, in the authenticator app on your phone."
          error={form.errors.code}
        >
          <CodeInput value={form.values.code} onChange={form.set('code')} autoFocus />
        </Field>
      ) : (
        <Field
          key="recovery"
          label="Recovery code"
          hint="One of those you kept when you set the app up. Each works once."
          error={form.errors.code}
        >
          <TextInput
            value={form.values.code}
            onChange={form.set('code')}
            name="recovery-code"
            autoCapitalize="off"
            spellCheck={false}
            mono
            autoFocus
          />
        </Field>
      )}
      <WaitButton seconds={wait.seconds} loading={form.isSending}>
        Sign in
      </WaitButton>
      <div className="flex flex-wrap justify-between gap-2">
        <Button tone="ghost" size="sm" onClick={onBack} className="-ml-2.5">
          Begin again
        </Button>
        <Button tone="ghost" size="sm" onClick={swap} className="-mr-2.5">
          {isApp ? 'Use a recovery code' : 'Use the app'}
        </Button>
      </div>
    </form>
  );
}

function recoveryProblem(code: string): string | null {
  return code.trim().length < 6 ? 'Write one of your recovery codes.' : null;
}
