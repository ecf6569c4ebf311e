import { useState } from 'react';
import { DiffView } from '../../ui/diff-view.tsx';

export interface JsonDetailsProps {
  readonly label: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The difference line by line, compared when somebody asks: thousands of keys are as many lines. */
export function JsonDetails({ label, before, after }: JsonDetailsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-sm text-sm text-soft hover:text-ink">As JSON</summary>
      {isOpen && <DiffView aria-label={label} before={before} after={after} className="mt-2 max-h-96" />}
    </details>
  );
}
