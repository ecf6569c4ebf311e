import { useNavigate } from '@tanstack/react-router';
import { formFailure } from '../../api/form-failure.ts';
import { withKey, withName } from '../../api/key-text.ts';
import { useCreateProject } from '../../api/queries/projects.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { MultiCombobox } from '../../ui/multi-combobox.tsx';
import { NameAndKeyFields } from '../../ui/name-and-key-fields.tsx';
import { useForm } from '../../ui/use-form.ts';
import { NEW_PROJECT, projectProblems } from './project-form.ts';

const USUAL = ['development', 'test', 'staging', 'production'].map((value) => ({ value, label: value }));

export interface NewProjectDialogProps {
  readonly taken: readonly string[];
  readonly onClose: () => void;
}

/** Makes a project with its environments, and leads to its flags. */
export function NewProjectDialog({ taken, onClose }: NewProjectDialogProps) {
  const create = useCreateProject();
  const navigate = useNavigate();
  const form = useForm({
    initial: NEW_PROJECT,
    check: (values) => projectProblems(values, taken),
    send: async ({ key, name, environments }) => {
      const made = await create.mutateAsync({ key, name: name.trim(), environments: [...environments] });
      await navigate({ to: '/projects/$project/flags', params: { project: made.key } });
    },
    explain: (error) =>
      formFailure(
        error,
        { name: '$.name', key: '$.key', keyIsOwn: '$.key', environments: '$.environments' },
        { already_exists: 'key', key_retired: 'key' },
      ),
  });
  const { values, errors } = form;
  return (
    <FormDialog open onClose={onClose} title="New project" form={form} action="Create the project">
      <NameAndKeyFields
        values={values}
        errors={errors}
        onName={(name) => form.change(withName(values, name))}
        onKey={(key) => form.change(withKey(values, key))}
        keyHint="For programs and addresses. It never changes, and is never used again."
        examples={{ name: 'Web shop', key: 'web-shop' }}
      />
      <Field
        label="Environments"
        hint="Where a change goes first stands first. More can be added later."
        error={errors.environments}
      >
        <MultiCombobox
          value={values.environments}
          onChange={form.set('environments')}
          options={USUAL}
          allowNew
          mono
          placeholder="production"
          empty="Type a key, then Enter."
        />
      </Field>
    </FormDialog>
  );
}
