import { useId, useRef, useState } from 'react';
import { isProductionLike } from '../../api/environment-look.ts';
import { Button } from '../../ui/button.tsx';
import { FocusAfter } from '../../ui/focus-after.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useFoot } from '../../ui/use-foot.ts';
import { planText, type SegmentEditPlan } from './segment-draft.ts';

export interface SaveBarProps {
  readonly environment: { readonly key: string; readonly name: string };
  readonly plan: SegmentEditPlan;
  readonly isSaving: boolean;
  readonly onSave: (reason: string) => Promise<void>;
  readonly onDiscard: () => void;
}

/** What is not saved yet, at the lower edge. */
export function SaveBar({ environment, plan, isSaving, onSave, onDiscard }: SaveBarProps) {
  const [reason, setReason] = useState('');
  const id = useId();
  const bar = useRef<HTMLFormElement>(null);
  useFoot(bar);
  return (
    <form
      ref={bar}
      aria-label="Unsaved edits"
      className="sticky bottom-4 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl bg-raised px-4 py-3 shadow-pop max-lg:bottom-18"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSaving) void onSave(reason);
      }}
    >
      <FocusAfter />
      <p className="min-w-40 flex-1 text-sm" role="status">
        <span className="font-medium">Not saved: </span>
        {planText(plan)}
      </p>
      <label htmlFor={id} className="sr-only">
        Why (for the history)
      </label>
      <TextInput
        id={id}
        value={reason}
        onChange={setReason}
        placeholder="Why? (for the history)"
        maxLength={512}
        className="w-full sm:w-56"
      />
      <div className="flex gap-2 max-sm:w-full max-sm:justify-end">
        <Button tone="ghost" onClick={onDiscard} disabled={isSaving}>
          Discard
        </Button>
        <Button type="submit" tone="primary" loading={isSaving}>
          Save in {environment.name}
          {isProductionLike(environment.key) && <span className="sr-only">, which people use</span>}
        </Button>
      </div>
    </form>
  );
}
