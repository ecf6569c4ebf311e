import { useQuery } from '@tanstack/react-query';
import { formFailure } from '../../../api/form-failure.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { useEditFlag } from '../../../api/queries/flags.ts';
import { facetsQuery } from '../../../api/queries/flag-list.ts';
import { Combobox } from '../../../ui/combobox.tsx';
import { Field } from '../../../ui/field.tsx';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { MultiCombobox } from '../../../ui/multi-combobox.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { useForm } from '../../../ui/use-form.ts';

export interface DetailsDialogProps {
  readonly flag: Flag;
  readonly open: boolean;
  readonly onClose: () => void;
}

type Details = Readonly<Pick<Flag, 'name' | 'description' | 'owner'>> & { readonly tags: readonly string[] };

/** Name, description, owner and tags: what people know a flag by. */
export function DetailsDialog({ flag, open, onClose }: DetailsDialogProps) {
  const { data: facets } = useQuery({ ...facetsQuery(flag.project), enabled: open });
  const edit = useEditFlag(flag.project, flag.key);
  const form = useForm<Details>({
    initial: { name: flag.name, description: flag.description, owner: flag.owner, tags: flag.tags },
    send: async ({ name, description, owner, tags }) => {
      const body = { name: name.trim() === '' ? flag.key : name.trim(), description, owner, tags: [...tags] };
      await edit.mutateAsync({ version: flag.version, body });
      showToast({ title: 'Details saved', tone: 'on' });
      onClose();
    },
    explain: (error) =>
      formFailure(error, { name: '$.name', description: '$.description', owner: '$.owner', tags: '$.tags' }),
  });
  const { values, errors } = form;
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title="Details of the flag"
      description="The same in every environment."
      form={form}
      action="Save"
    >
      <Field label="Name" error={errors.name}>
        <TextInput value={values.name} onChange={form.set('name')} maxLength={256} />
      </Field>
      <Field label="Description" optional error={errors.description}>
        <TextArea
          value={values.description}
          onChange={form.set('description')}
          placeholder="What it switches, and when it can go"
        />
      </Field>
      <Field label="Owner" optional hint="A team or a person to ask." error={errors.owner}>
        <Combobox
          allowNew
          value={values.owner === '' ? null : values.owner}
          onChange={(next) => form.change({ owner: next ?? '' })}
          options={(facets?.owners ?? []).map(({ value }) => ({ value, label: value }))}
          empty="Type a name"
        />
      </Field>
      <Field label="Tags" optional error={errors.tags}>
        <MultiCombobox
          allowNew
          value={values.tags}
          onChange={form.set('tags')}
          options={(facets?.tags ?? []).map(({ value }) => ({ value, label: value }))}
          empty="Type a tag"
        />
      </Field>
    </FormDialog>
  );
}
