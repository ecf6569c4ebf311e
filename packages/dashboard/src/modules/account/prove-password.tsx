import { useEffect } from 'react';
import type { TotpBegun } from '../../api/openapi.d.ts';
import { beginTotp } from '../../api/queries/account.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PasswordProofField, usePasswordProof } from './password-proof.tsx';

export interface ProvePasswordProps {
  /** Of the form, for the button that sends it. */
  readonly id: string;
  readonly email: string;
  readonly onSending: (isSending: boolean) => void;
  readonly onBegun: (begun: TotpBegun) => void;
}

/** The first step: the password begins it. */
export function ProvePassword({ id, email, onSending, onBegun }: ProvePasswordProps) {
  const form = usePasswordProof(async (password) => onBegun(await beginTotp(password)));
  useEffect(() => onSending(form.isSending), [onSending, form.isSending]);
  return (
    <form {...form.props} id={id} className="flex flex-col gap-4">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <PasswordProofField form={form} email={email} hint="To be sure that it is you." />
    </form>
  );
}
