import { formFailure } from '../../api/form-failure.ts';
import type { Environment } from '../../api/openapi.d.ts';
import { useRenameEnvironment } from '../../api/queries/projects.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';

export interface RenameDialogProps {
  readonly project: string;
  readonly environment: Environment;
  readonly onClose: () => void;
}

/** Another name for people; the key stays. */
export function RenameDialog({ project, environment, onClose }: RenameDialogProps) {
  const rename = useRenameEnvironment(project, environment.key);
  const form = useForm({
    initial: { name: environment.name },
    check: ({ name }) => (name.trim() === '' ? { name: 'Write a name.' } : {}),
    send: async ({ name }) => {
      await rename.mutateAsync({ name: name.trim(), version: environment.version });
      onClose();
    },
    explain: (error) => formFailure(error, { name: '$.name' }),
  });
  return (
    <FormDialog open onClose={onClose} title={`Rename ${environment.name}`} size="sm" form={form} action="Rename">
      <Field label="Name" hint={`For people. Programs go on calling it ${environment.key}.`} error={form.errors.name}>
        <TextInput value={form.values.name} onChange={form.set('name')} maxLength={256} />
      </Field>
    </FormDialog>
  );
}
