import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { useCopy } from '../../ui/copy-text.tsx';
import { TimeText } from '../../ui/time-text.tsx';

export interface OneTimeLinkProps {
  readonly link: string;
  readonly expiresAt: string;
  /** For whom, and how to hand it over. */
  readonly children: ReactNode;
}

/** A link that works once and is shown once. */
export function OneTimeLink({ link, expiresAt, children }: OneTimeLinkProps) {
  const { copied, copy } = useCopy(link);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Callout tone="on" title="The link is ready">
        {children}
      </Callout>
      <div className="flex flex-wrap items-center gap-3 rounded-lg border bg-sunken p-3">
        <code className="min-w-0 flex-1 basis-64 font-mono text-sm break-all select-all">{link}</code>
        <Button icon={copied ? Check : Copy} onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
        <span role="status" className="sr-only">
          {copied ? 'Copied the link' : ''}
        </span>
      </div>
      <p className="text-sm text-faint">
        It works once, until <TimeText at={expiresAt} exactly />. It is not shown again.
      </p>
    </div>
  );
}
