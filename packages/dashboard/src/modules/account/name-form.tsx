import { formFailure } from '../../api/form-failure.ts';
import { ownNameProblem } from '../../api/person-text.ts';
import { useRenameMe } from '../../api/queries/account.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { TextInput } from '../../ui/text-input.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';

/** Changes one's own name. */
export function NameForm({ name }: { readonly name: string }) {
  const rename = useRenameMe();
  const form = useForm({
    initial: { name },
    check: (values) =>
      fieldErrors({ name: values.name.trim() === name ? 'This is your name already.' : ownNameProblem(values.name) }),
    send: async (values) => {
      const person = await rename.mutateAsync(values.name.trim());
      form.reset({ name: person.name });
      showToast({ title: 'Your name is changed', tone: 'on' });
    },
    explain: (error) => formFailure(error, { name: '$.name' }),
  });
  return (
    <form {...form.props} className="flex flex-col gap-3">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <div className="flex items-start gap-2">
        <Field label="Name" hideLabel error={form.errors.name} className="w-full max-w-sm">
          <TextInput value={form.values.name} onChange={form.set('name')} name="name" autoComplete="name" />
        </Field>
        <Button type="submit" loading={form.isSending}>
          Rename
        </Button>
      </div>
    </form>
  );
}
