import { useMemo, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Field } from '../../../ui/field.tsx';
import { useShortcut } from '../../../ui/shortcuts.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { type Configuration, editBetween } from '../draft/configuration.ts';
import type { Draft } from '../draft/draft.ts';
import { JsonDetails } from '../json-details.tsx';
import type { Difference } from '../words/difference.ts';
import { DifferenceList } from '../words/difference-list.tsx';
import type { Saving } from './use-save.ts';

export interface ReviewDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly environment: string;
  readonly draft: Draft;
  readonly differences: readonly Difference[];
  readonly isBlocked: boolean;
  readonly saving: Saving;
}

/** What saving would do, in words and as JSON, and why. */
export function ReviewDialog({ open, onClose, environment, draft, differences, isBlocked, saving }: ReviewDialogProps) {
  const [reason, setReason] = useState('');
  const edit = useMemo(() => editBetween(draft.base, draft.present) ?? {}, [draft.base, draft.present]);
  async function save(): Promise<void> {
    const isSaved = await saving.save(reason);
    if (!isSaved) return;
    setReason('');
    onClose();
  }
  const isOpen = open && saving.clash === null;
  useShortcut({ keys: 'mod+s', label: 'Save', group: 'Flag', disabled: !isOpen || isBlocked }, () => void save());
  return (
    <Dialog
      open={isOpen}
      onClose={onClose}
      size="lg"
      title={`Save to ${environment}`}
      footer={
        <>
          <Button onClick={onClose}>Go on editing</Button>
          <Button tone="primary" loading={saving.pending} disabled={isBlocked} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex min-w-0 flex-col gap-5">
        {saving.failure !== null && <ErrorNote failure={saving.failure} />}
        <DifferenceList differences={differences} />
        <Field label="Why" optional hint="Kept in the history, for whoever asks later.">
          <TextArea value={reason} onChange={setReason} rows={2} placeholder="Ticket, customer, experiment…" />
        </Field>
        <JsonDetails label="Difference as JSON" before={pick(draft.base, edit)} after={edit} />
      </div>
    </Dialog>
  );
}

/** The members of the saved configuration that the edit replaces. */
function pick(base: Configuration, edit: Partial<Configuration>): Partial<Configuration> {
  return Object.fromEntries(Object.entries(base).filter(([member]) => Object.hasOwn(edit, member)));
}
