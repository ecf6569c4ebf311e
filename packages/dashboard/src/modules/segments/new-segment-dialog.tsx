import { useNavigate } from '@tanstack/react-router';
import { formFailure } from '../../api/form-failure.ts';
import { keyProblem } from '../../api/key-text.ts';
import { useCreateSegment } from '../../api/queries/segments.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';

export interface NewSegmentDialogProps {
  readonly project: string;
  readonly environment: { readonly key: string; readonly name: string };
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Names a segment; who is in it is said on its page. */
export function NewSegmentDialog({ project, environment, open, onClose }: NewSegmentDialogProps) {
  const create = useCreateSegment(project, environment.key);
  const navigate = useNavigate();
  const form = useForm({
    initial: { key: '' },
    check: ({ key }) => {
      const problem = keyProblem(key.trim());
      return problem === null ? {} : { key: problem };
    },
    send: async ({ key }) => {
      const made = await create.mutateAsync({ key: key.trim() });
      form.reset({ key: '' });
      await navigate({
        to: '/projects/$project/segments/$segment',
        params: { project, segment: made.key },
        search: { env: environment.key },
      });
    },
    explain: (error) => formFailure(error, { key: '$.key' }, { already_exists: 'key', key_retired: 'key' }),
  });
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={`New segment in ${environment.name}`}
      size="sm"
      form={form}
      action="Create the segment"
    >
      <Field
        label="Key"
        hint="Rules name it by this. It never changes, and is never used again."
        error={form.errors.key}
      >
        <TextInput
          value={form.values.key}
          onChange={form.set('key')}
          mono
          placeholder="beta-testers"
          spellCheck={false}
          autoCapitalize="off"
        />
      </Field>
    </FormDialog>
  );
}
