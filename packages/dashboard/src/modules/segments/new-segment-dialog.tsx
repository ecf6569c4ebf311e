import { useNavigate } from '@tanstack/react-router';
import { useId } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import { keyProblem } from '../../api/key-text.ts';
import { useCreateSegment } from '../../api/queries/segments.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
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
  const id = useId();
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
    <Dialog
      open={open}
      onClose={onClose}
      title={`New segment in ${environment.name}`}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={id} loading={form.isSending}>
            Create the segment
          </Button>
        </>
      }
    >
      <form {...form.props} id={id} className="flex flex-col gap-4">
        {form.failure !== null && <ErrorNote failure={form.failure} />}
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
      </form>
    </Dialog>
  );
}
