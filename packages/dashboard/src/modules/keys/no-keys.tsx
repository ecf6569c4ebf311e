import { KeyRound } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { KINDS } from './key-words.ts';

/** What keys are for, where none is yet. */
export function NoKeys({ canCreate, onNew }: { readonly canCreate: boolean; readonly onNew: () => void }) {
  return (
    <EmptyState
      drawing={<KeyRound className="size-10" strokeWidth={1.25} />}
      title="No keys yet"
      action={
        canCreate && (
          <Button tone="primary" size="lg" onClick={onNew}>
            Create a key
          </Button>
        )
      }
    >
      <p>Your program presents a key, and gets the flags of that key’s environment. There are three kinds:</p>
      <dl className="mt-4 flex flex-col gap-3 text-left">
        {KINDS.map(({ kind, label, hint }) => (
          <div key={kind} className="flex gap-3">
            <dt className="w-14 shrink-0 font-medium text-ink">{label}</dt>
            <dd>{hint}</dd>
          </div>
        ))}
      </dl>
    </EmptyState>
  );
}
