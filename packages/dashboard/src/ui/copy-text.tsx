import { Check, Copy } from 'lucide-react';
import { cx } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';
import { useCopy } from './use-copy.ts';

export { useCopy } from './use-copy.ts';

export interface CopyTextProps {
  readonly text: string;
  /** What is copied, such as “flag key”. */
  readonly label: string;
  readonly className?: string | undefined;
}

/** A text in monospace that is copied when it is pressed, and says so. */
export function CopyText({ text, label, className }: CopyTextProps) {
  const { copied, copy } = useCopy(text);
  return (
    <Tooltip text={copied ? 'Copied' : `Copy ${label}`}>
      <button
        type="button"
        onClick={copy}
        className={cx(
          'group inline-flex max-w-full min-w-0 items-center gap-1.5 rounded-sm px-1 py-0.5 font-mono text-sm text-soft hover:bg-hover hover:text-ink',
          className,
        )}
      >
        <span className="truncate">{text}</span>
        <CopyMark copied={copied} />
        <span className="sr-only">, copy {label}</span>
        <span role="status" className="sr-only">
          {copied ? `Copied ${label}` : ''}
        </span>
      </button>
    </Tooltip>
  );
}

/** A block of code with a button that copies it. */
export function Code({
  text,
  label = 'the text',
  className,
}: {
  readonly text: string;
  readonly label?: string | undefined;
  readonly className?: string | undefined;
}) {
  const { copied, copy } = useCopy(text);
  return (
    <div className={cx('flex min-w-0 items-start rounded-lg border bg-sunken', className)}>
      {/* Focusable, so that the keyboard can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="min-w-0 flex-1 overflow-x-auto rounded-lg p-3 font-mono text-sm">
        <code>{text}</code>
      </pre>
      <button
        type="button"
        onClick={copy}
        aria-label={`Copy ${label}`}
        className="m-1.5 flex size-8 shrink-0 items-center justify-center rounded-md text-soft hover:bg-hover hover:text-ink"
      >
        <CopyMark copied={copied} />
      </button>
      <span role="status" className="sr-only">
        {copied ? `Copied ${label}` : ''}
      </span>
    </div>
  );
}

function CopyMark({ copied }: { readonly copied: boolean }) {
  return copied ? (
    <Check className="size-3.5 shrink-0 text-on-text" aria-hidden="true" />
  ) : (
    <Copy className="size-3.5 shrink-0" aria-hidden="true" />
  );
}
