import { Check, Copy } from 'lucide-react';
import { useEffect } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import type { Session, TotpBegun } from '../../api/openapi.d.ts';
import { confirmTotp } from '../../api/queries/account.ts';
import { CodeInput } from '../../ui/code-input.tsx';
import { codeProblem } from '../../ui/code-text.ts';
import { useCopy } from '../../ui/copy-text.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Field } from '../../ui/field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { useForm } from '../../ui/use-form.ts';
import { QrCode } from './qr-code.tsx';

export interface ConfirmCodeProps {
  readonly id: string;
  readonly begun: TotpBegun;
  readonly onSending: (isSending: boolean) => void;
  readonly onConfirmed: (session: Session) => void;
}

/** The app takes the secret; a code proves that it did. */
export function ConfirmCode({ id, begun, onSending, onConfirmed }: ConfirmCodeProps) {
  const form = useForm({
    initial: { code: '' },
    check: ({ code }) => fieldErrors({ code: codeProblem(code) }),
    send: async ({ code }) => onConfirmed(await confirmTotp(code)),
    explain: (error) => formFailure(error, { code: '$.code' }, { code_wrong: 'code' }),
  });
  useEffect(() => onSending(form.isSending), [onSending, form.isSending]);
  return (
    <form {...form.props} id={id} className="flex flex-col gap-5">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <div className="flex flex-wrap items-center gap-5">
        <QrCode
          text={begun.uri}
          label="QR code with the secret of your account; the same secret stands beside it as text"
        />
        <div className="flex min-w-0 flex-1 basis-56 flex-col gap-2">
          <p>Scan this with your authenticator app.</p>
          <p className="text-sm text-faint">Cannot scan? Add an account by hand and write this secret:</p>
          <SecretText secret={begun.secret} />
        </div>
      </div>
      <Field label="Code" hint="Six digits that the app shows now." error={form.errors.code}>
        <CodeInput value={form.values.code} onChange={form.set('code')} autoFocus />
      </Field>
    </form>
  );
}

/** In groups of four, so that it can be typed; copied without the gaps. */
function SecretText({ secret }: { readonly secret: string }) {
  const { copied, copy } = useCopy(secret);
  return (
    <div className="flex items-center gap-1">
      <code className="font-mono text-sm select-all">{secret.match(/.{1,4}/g)?.join(' ')}</code>
      <IconButton icon={copied ? Check : Copy} label={copied ? 'Copied' : 'Copy the secret'} size="sm" onClick={copy} />
      <span role="status" className="sr-only">
        {copied ? 'Copied the secret' : ''}
      </span>
    </div>
  );
}
