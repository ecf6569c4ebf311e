import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { StopTwoStep } from './stop-two-step.tsx';
import { BeginTwoStep } from './begin-two-step.tsx';

export interface TwoStepProps {
  readonly isOn: boolean;
  readonly email: string;
}

/** Whether signing in takes a code too, and turning that on and off. */
export function TwoStep({ isOn, email }: TwoStepProps) {
  // A number, so that each opening begins anew.
  const [dialog, setDialog] = useState<{ readonly kind: 'begin' | 'stop' | null; readonly opening: number }>({
    kind: null,
    opening: 0,
  });
  const open = (kind: 'begin' | 'stop') => setDialog(({ opening }) => ({ kind, opening: opening + 1 }));
  const close = () => setDialog((now) => ({ ...now, kind: null }));
  const Icon = isOn ? ShieldCheck : ShieldOff;
  return (
    <Card className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <Icon className="size-5 shrink-0 text-faint" strokeWidth={1.5} aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex items-center gap-2 font-medium">
          Authenticator app <Badge tone={isOn ? 'on' : 'neutral'}>{isOn ? 'On' : 'Off'}</Badge>
        </p>
        <p className="text-sm text-faint">
          {isOn
            ? 'Signing in with your password asks for a code.'
            : 'Any app for time-based codes will do, also many password managers.'}
        </p>
      </div>
      {isOn ? (
        <Button onClick={() => open('stop')}>Turn off</Button>
      ) : (
        <Button onClick={() => open('begin')}>Set up</Button>
      )}
      <BeginTwoStep key={`begin ${dialog.opening}`} open={dialog.kind === 'begin'} onClose={close} email={email} />
      <StopTwoStep key={`stop ${dialog.opening}`} open={dialog.kind === 'stop'} onClose={close} email={email} />
    </Card>
  );
}
