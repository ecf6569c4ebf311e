import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Session, TotpBegun } from '../../api/openapi.d.ts';
import { renewSession } from '../../api/queries/account.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Stepper } from '../../ui/stepper.tsx';
import { showToast } from '../../ui/toast.tsx';
import { ConfirmCode } from './confirm-code.tsx';
import { ProvePassword } from './prove-password.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

type Step =
  | { readonly at: 'password' }
  | { readonly at: 'app'; readonly begun: TotpBegun }
  | { readonly at: 'codes'; readonly begun: TotpBegun; readonly session: Session };

const STEPS = ['Password', 'App', 'Recovery codes'];
const TITLES = {
  password: 'Set up two-step sign-in',
  app: 'Connect your app',
  codes: 'Keep your recovery codes',
} as const;

export interface BeginTwoStepProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly email: string;
}

/** Proves the password, connects an authenticator app, and hands over the recovery codes. */
export function BeginTwoStep({ open, onClose, email }: BeginTwoStepProps) {
  const client = useQueryClient();
  const form = useId();
  const [step, setStep] = useState<Step>({ at: 'password' });
  const [isSending, setSending] = useState(false);
  // Only then does the page behind it say that it is on: until here the codes are all that counts.
  const finish = () => {
    if (step.at === 'codes') {
      renewSession(client, step.session);
      showToast({ title: 'Two-step sign-in is on', tone: 'on' });
    }
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={finish}
      title={TITLES[step.at]}
      sticky={step.at !== 'password'}
      footer={
        step.at === 'codes' ? (
          <Button tone="primary" onClick={finish}>
            I have kept them
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button tone="primary" type="submit" form={form} loading={isSending}>
              {step.at === 'password' ? 'Continue' : 'Turn on'}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-5">
        <Stepper
          aria-label="Setting up two-step sign-in"
          steps={STEPS}
          current={STEPS.length - (step.at === 'password' ? 3 : step.at === 'app' ? 2 : 1)}
        />
        {step.at === 'password' && (
          <ProvePassword
            id={form}
            email={email}
            onSending={setSending}
            onBegun={(begun) => setStep({ at: 'app', begun })}
          />
        )}
        {step.at === 'app' && (
          <ConfirmCode
            id={form}
            begun={step.begun}
            onSending={setSending}
            onConfirmed={(session) => setStep({ at: 'codes', begun: step.begun, session })}
          />
        )}
        {step.at === 'codes' && <RecoveryCodes email={email} codes={step.begun.recoveryCodes} />}
      </div>
    </Dialog>
  );
}
