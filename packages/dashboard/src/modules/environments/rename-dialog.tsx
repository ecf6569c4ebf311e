import { useId } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import type { Environment } from '../../api/openapi.d.ts';
import { useRenameEnvironment } from '../../api/queries/projects.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
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
  const id = useId();
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
    <Dialog
      open
      onClose={onClose}
      title={`Rename ${environment.name}`}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={id} loading={form.isSending}>
            Rename
          </Button>
        </>
      }
    >
      <form {...form.props} id={id} className="flex flex-col gap-4">
        {form.failure !== null && <ErrorNote failure={form.failure} />}
        <Field label="Name" hint={`For people. Programs go on calling it ${environment.key}.`} error={form.errors.name}>
          <TextInput value={form.values.name} onChange={form.set('name')} maxLength={256} />
        </Field>
      </form>
    </Dialog>
  );
}
