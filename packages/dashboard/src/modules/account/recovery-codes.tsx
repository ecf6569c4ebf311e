import { Check, Copy, Download } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { useCopy } from '../../ui/copy-text.tsx';
import { recoveryText } from './recovery-file.ts';

export interface RecoveryCodesProps {
  readonly email: string;
  readonly codes: readonly string[];
}

/** The codes for the day the phone is lost; the only time that they are shown. */
export function RecoveryCodes({ email, codes }: RecoveryCodesProps) {
  const { copied, copy } = useCopy(codes.join('\n'));
  const download = () => {
    const text = recoveryText({ email, codes, origin: window.location.origin, at: new Date() });
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'flaghoist-recovery-codes.txt';
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <div className="flex flex-col gap-4">
      <Callout tone="warn" title="They are shown this once">
        Each signs in once without the app. Keep them where you keep passwords, not on the phone that has the app.
      </Callout>
      <ol
        aria-label="Recovery codes"
        className="grid grid-cols-1 gap-x-8 gap-y-1.5 rounded-lg border bg-sunken px-4 py-3 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <Button icon={copied ? Check : Copy} onClick={copy}>
          {copied ? 'Copied' : 'Copy all'}
        </Button>
        <Button icon={Download} onClick={download}>
          Download as a file
        </Button>
        <span role="status" className="sr-only">
          {copied ? 'Copied the recovery codes' : ''}
        </span>
      </div>
    </div>
  );
}
