import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, ifMatch } from '../../api/client.ts';
import type { Flag } from '../../api/openapi.d.ts';
import { keys } from '../../api/queries/keys.ts';
import { Combobox } from '../../ui/combobox.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { showToast } from '../../ui/toast.tsx';
import { BulkProgress } from './affected.tsx';
import { planTag, tagProblem } from './bulk.ts';
import { useEach } from './use-each.ts';

export interface TagDialogProps {
  readonly project: string;
  readonly flags: readonly Flag[];
  readonly tags: readonly string[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Puts a tag on many flags, one after the other: tags are no part of what environments serve. */
export function TagDialog({ project, flags, tags, onClose, onDone }: TagDialogProps) {
  const client = useQueryClient();
  const [tag, setTag] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { progress, isRunning, run } = useEach();
  const plan = planTag(flags, tag.trim());
  const isDone = progress !== null && !isRunning;

  async function send() {
    const wrong = tagProblem(tag);
    setProblem(wrong);
    if (wrong !== null) return;
    const done = await run(plan.flags, (flag) =>
      answer(
        api.PATCH('/api/v1/projects/{project}/flags/{flag}', {
          params: { path: { project, flag: flag.key }, header: ifMatch(flag.version) },
          body: { tags: [...flag.tags, tag.trim()] },
        }),
      ),
    );
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.flagList(project) }),
      client.invalidateQueries({ queryKey: keys.flags(project) }),
    ]);
    if (done.failed.length > 0) return;
    showToast({ title: `${done.done.toLocaleString('en')} flags have the tag ${tag.trim()} now` });
    onDone();
    onClose();
  }

  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={flags.length === 1 ? 'Add a tag to 1 flag' : `Add a tag to ${flags.length.toLocaleString('en')} flags`}
      action={isDone ? 'Close' : 'Add the tag'}
      tone="primary"
      pending={isRunning}
      onConfirm={isDone ? onClose : () => void send()}
    >
      <div className="flex flex-col gap-4">
        <Field label="Tag" error={problem}>
          <Combobox
            value={tag === '' ? null : tag}
            onChange={(next) => setTag(next ?? '')}
            options={tags.map((one) => ({ value: one, label: one }))}
            allowNew
            placeholder="checkout"
          />
        </Field>
        {tag.trim() !== '' && progress === null && (
          <p className="text-sm">
            {plan.flags.length.toLocaleString('en')} get it.
            {plan.asTheyAre > 0 && ` ${plan.asTheyAre.toLocaleString('en')} have it already.`}
            {plan.full > 0 && ` ${plan.full.toLocaleString('en')} have as many tags as a flag can hold.`}
          </p>
        )}
        {progress !== null && <BulkProgress progress={progress} did="tagged" />}
      </div>
    </ConfirmDialog>
  );
}
