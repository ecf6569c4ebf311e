import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { cx } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

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
    <div className={cx('relative rounded-lg border bg-sunken', className)}>
      {/* Focusable, so that the keyboard can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="overflow-x-auto rounded-lg p-3 pr-12 font-mono text-sm">
        <code>{text}</code>
      </pre>
      <button
        type="button"
        onClick={copy}
        aria-label={`Copy ${label}`}
        className="absolute top-1.5 right-1.5 flex size-8 items-center justify-center rounded-md bg-sunken text-soft hover:bg-hover hover:text-ink"
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

/** Copies a text to the clipboard; `copied` stays true for 2 s. */
export function useCopy(text: string): { readonly copied: boolean; readonly copy: () => void } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  function copy() {
    void writeClipboard(text).then(() => {
      setCopied(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setCopied(false), 2_000);
    });
  }
  return { copied, copy };
}

/** Without TLS there is no clipboard API outside of this machine; the old command still works there. */
async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
