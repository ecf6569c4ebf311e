import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ApiProblem, failureOf } from '../../../api/problem.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { useEditFlag } from '../../../api/queries/flags.ts';
import { facetsQuery } from '../../../api/queries/flag-list.ts';
import { Button } from '../../../ui/button.tsx';
import { Combobox } from '../../../ui/combobox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Field } from '../../../ui/field.tsx';
import { MultiCombobox } from '../../../ui/multi-combobox.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { showToast } from '../../../ui/toast.tsx';

export interface DetailsDialogProps {
  readonly flag: Flag;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Name, description, owner and tags: what people know a flag by. */
export function DetailsDialog({ flag, open, onClose }: DetailsDialogProps) {
  const form = useId();
  const [name, setName] = useState(flag.name);
  const [description, setDescription] = useState(flag.description);
  const [owner, setOwner] = useState(flag.owner);
  const [tags, setTags] = useState<readonly string[]>(flag.tags);
  const { data: facets } = useQuery({ ...facetsQuery(flag.project), enabled: open });
  const edit = useEditFlag(flag.project, flag.key);
  const problem = edit.error instanceof ApiProblem ? edit.error : null;

  function save(): void {
    const body = { name: name.trim() === '' ? flag.key : name.trim(), description, owner, tags: [...tags] };
    edit.mutate(
      { version: flag.version, body },
      {
        onSuccess: () => {
          showToast({ title: 'Details saved', tone: 'on' });
          onClose();
        },
      },
    );
  }

  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Details of the flag"
      description="The same in every environment."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={form} loading={edit.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {edit.error !== null && problem?.errors.length !== 1 && <ErrorNote failure={failureOf(edit.error)} />}
        <Field label="Name" error={problem?.of('name')}>
          <TextInput value={name} onChange={setName} maxLength={256} />
        </Field>
        <Field label="Description" optional error={problem?.of('description')}>
          <TextArea value={description} onChange={setDescription} placeholder="What it switches, and when it can go" />
        </Field>
        <Field label="Owner" optional hint="A team or a person to ask." error={problem?.of('owner')}>
          <Combobox
            allowNew
            value={owner === '' ? null : owner}
            onChange={(next) => setOwner(next ?? '')}
            options={(facets?.owners ?? []).map(({ value }) => ({ value, label: value }))}
            empty="Type a name"
          />
        </Field>
        <Field label="Tags" optional error={problem?.of('tags')}>
          <MultiCombobox
            allowNew
            value={tags}
            onChange={setTags}
            options={(facets?.tags ?? []).map(({ value }) => ({ value, label: value }))}
            empty="Type a tag"
          />
        </Field>
      </form>
    </Dialog>
  );
}
