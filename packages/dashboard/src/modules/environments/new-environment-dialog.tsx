import { formFailure } from '../../api/form-failure.ts';
import { withKey, withName } from '../../api/key-text.ts';
import { useCreateEnvironment } from '../../api/queries/projects.ts';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { NameAndKeyFields } from '../../ui/name-and-key-fields.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { environmentProblems, NEW_ENVIRONMENT } from './environment-form.ts';

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
      <NameAndKeyFields
        values={values}
        errors={errors}
        onName={(name) => form.change(withName(values, name))}
        onKey={(key) => form.change(withKey(values, key))}
        keyHint="For programs. It never changes, and is never used again."
        examples={{ name: 'Staging', key: 'staging' }}
      />
    </FormDialog>
  );
}
