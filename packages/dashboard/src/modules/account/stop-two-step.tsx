import { useQueryClient } from '@tanstack/react-query';
import { removeTotp, renewSession } from '../../api/queries/account.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { PasswordProofField, usePasswordProof } from './password-proof.tsx';

export interface StopTwoStepProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly email: string;
}

/** Turns two-step sign-in off, with the password. */
export function StopTwoStep({ open, onClose, email }: StopTwoStepProps) {
  const client = useQueryClient();
  const form = usePasswordProof(async (password) => {
    renewSession(client, await removeTotp(password));
    onClose();
    showToast({ title: 'Two-step sign-in is off', detail: 'Your recovery codes are good no more.' });
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
      <PasswordProofField form={form} email={email} />
    </FormDialog>
  );
}
