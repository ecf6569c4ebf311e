import { formFailure } from '../../api/form-failure.ts';
import { useCreateEnvironment } from '../../api/queries/projects.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { environmentProblems, NEW_ENVIRONMENT, withKey, withName } from './environment-form.ts';

export interface NewEnvironmentDialogProps {
  readonly project: string;
  readonly taken: readonly string[];
  readonly onClose: () => void;
}

/** Makes an environment, with all flags of the project in it. */
export function NewEnvironmentDialog({ project, taken, onClose }: NewEnvironmentDialogProps) {
  const create = useCreateEnvironment(project);
  const form = useForm({
    initial: NEW_ENVIRONMENT,
    check: (values) => environmentProblems(values, taken),
    send: async ({ key, name }) => {
      const made = await create.mutateAsync({ key, name: name.trim() });
      showToast({ title: `${made.name} is there, with all flags off` });
      onClose();
    },
    explain: (error) =>
      formFailure(
        error,
        { name: '$.name', key: '$.key', keyIsOwn: '$.key' },
        { already_exists: 'key', key_retired: 'key' },
      ),
  });
  const { values, errors } = form;
  return (
    <FormDialog
      open
      onClose={onClose}
      title="New environment"
      description="All flags of the project are in it at once, off and without rules."
      size="sm"
      form={form}
      action="Create the environment"
    >
      <Field label="Name" error={errors.name}>
        <TextInput
          value={values.name}
          onChange={(name) => form.change(withName(values, name))}
          maxLength={256}
          placeholder="Staging"
        />
      </Field>
      <Field label="Key" hint="For programs. It never changes, and is never used again." error={errors.key}>
        <TextInput
          value={values.key}
          onChange={(key) => form.change(withKey(values, key))}
          mono
          placeholder="staging"
          spellCheck={false}
          autoCapitalize="off"
        />
      </Field>
    </FormDialog>
  );
}
