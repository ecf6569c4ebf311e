import { Callout } from '../../ui/callout.tsx';
import { Code } from '../../ui/copy-text.tsx';
import { TimeText } from '../../ui/time-text.tsx';

export interface OneTimeLinkProps {
  readonly link: string;
  readonly expiresAt: string;
  /** For whom, and how to hand it over. */
  readonly children: React.ReactNode;
}

/** A link that works once and is shown once. */
export function OneTimeLink({ link, expiresAt, children }: OneTimeLinkProps) {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Callout tone="on" title="The link is ready">
        {children}
      </Callout>
      <Code text={link} label="the link" />
      <p className="text-sm text-faint">
        It works once, until <TimeText at={expiresAt} exactly />. It is not shown again.
      </p>
    </div>
  );
}
