import { useState } from 'react';
import { isProductionLike } from '../../api/environment-look.ts';
import type { Change, Flag } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useCreateChange, useRevertChange } from '../../api/queries/history.ts';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { Failure } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Affected } from './affected.tsx';
import { inParts, MOST_EDITS, planToggle, type ToggleEdit } from './bulk.ts';

export interface ToggleDialogProps {
  readonly project: string;
  readonly flags: readonly Flag[];
  readonly environment: string;
  readonly enabled: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Switches many flags in one environment, as one change: all of them or none. */
export function ToggleDialog({ project, flags, environment, enabled, onClose, onDone }: ToggleDialogProps) {
  const [reason, setReason] = useState('');
  const { edits, asTheyAre } = planToggle(flags, environment, enabled);
  const parts = inParts(edits, MOST_EDITS);
  const word = enabled ? 'on' : 'off';
  const { send, isSending, failure } = useManyToggles(project, { parts, environment, word });
  async function confirm() {
    if (!(await send(reason))) return;
    onDone();
    onClose();
  }

  if (edits.length === 0)
    return (
      <ConfirmDialog
        open
        onClose={onClose}
        title={`All of them are ${word} in ${environment}`}
        action="Close"
        tone="primary"
        onConfirm={onClose}
      >
        There is nothing to switch.
      </ConfirmDialog>
    );
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Turn ${count(edits.length)} ${word} in ${environment}?`}
      action={`Turn ${word}`}
      tone={isProductionLike(environment) ? 'danger' : 'primary'}
      onConfirm={() => void confirm()}
      pending={isSending}
      failure={failure}
    >
      <div className="flex flex-col gap-4">
        {isProductionLike(environment) && (
          <Callout tone="warn" title="Customers see this within seconds">
            {environment} looks like the environment that people use.
          </Callout>
        )}
        <Affected names={edits.map(({ flag }) => flag)} />
        <p className="text-sm">
          {parts.length === 1
            ? 'It is one change: all of them or none.'
            : `It is sent as ${parts.length} changes of at most ${MOST_EDITS} flags.`}
          {asTheyAre > 0 && ` ${count(asTheyAre)} ${asTheyAre === 1 ? 'is' : 'are'} ${word} already.`}
        </p>
        <Field label="Why" optional hint="Stands in the history.">
          <TextInput value={reason} onChange={setReason} maxLength={512} />
        </Field>
      </div>
    </ConfirmDialog>
  );
}

interface ManyToggles {
  readonly parts: readonly (readonly ToggleEdit[])[];
  readonly environment: string;
  readonly word: 'on' | 'off';
}

/** Sends the parts one after the other; `send` answers whether all of them were done. */
function useManyToggles(project: string, { parts, environment, word }: ManyToggles) {
  const create = useCreateChange(project);
  const revert = useRevertChange(project);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isSending, setSending] = useState(false);
  const all = parts.reduce((sum, part) => sum + part.length, 0);

  async function send(reason: string): Promise<boolean> {
    setSending(true);
    setFailure(null);
    const made: Change[] = [];
    try {
      for (const part of parts) made.push(await create.mutateAsync({ body: { edits: [...part] }, reason }));
      showToast({
        title: `${count(all)} ${all === 1 ? 'is' : 'are'} ${word} in ${environment}`,
        tone: word === 'on' ? 'on' : 'neutral',
        action: { label: 'Undo', onAction: () => void undo(made) },
      });
      return true;
    } catch (error) {
      const done =
        made.length > 0
          ? ` Before that, ${count(made.length * MOST_EDITS)} were switched; they stay so.`
          : ' Nothing was switched.';
      const { title, detail } = failureOf(error);
      setFailure({ title, detail: `${detail}${done}` });
      return false;
    } finally {
      setSending(false);
    }
  }
  async function undo(made: readonly Change[]) {
    try {
      for (const change of [...made].reverse()) await revert.mutateAsync({ change: change.id });
      showToast({ title: `${count(all)} went back to how they were in ${environment}` });
    } catch (error) {
      showToast({ ...failureOf(error), tone: 'danger' });
    }
  }
  return { send, isSending, failure };
}

function count(flags: number): string {
  return flags === 1 ? '1 flag' : `${flags.toLocaleString('en')} flags`;
}
