import { useNavigate } from '@tanstack/react-router';
import { formFailure } from '../../api/form-failure.ts';
import { useCreateProject } from '../../api/queries/projects.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { MultiCombobox } from '../../ui/multi-combobox.tsx';
import { Stepper } from '../../ui/stepper.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { EntryFrame } from './entry-frame.tsx';
import { checkDraft, keyOf, NEW_PROJECT, USUAL_ENVIRONMENTS } from './first-project-draft.ts';

const ENVIRONMENTS = USUAL_ENVIRONMENTS.map((key) => ({ value: key, label: key }));

/** What a new installation needs next: something to hold flags. */
export function FirstProject() {
  const navigate = useNavigate();
  const create = useCreateProject();
  const form = useForm({
    initial: NEW_PROJECT,
    check: checkDraft,
    send: async (draft) => {
      const { key } = await create.mutateAsync({
        key: keyOf(draft),
        name: draft.name.trim(),
        environments: [...draft.environments],
      });
      await navigate({ to: '/projects/$project/flags', params: { project: key }, replace: true });
    },
    explain: (error) =>
      formFailure(
        error,
        { name: '$.name', ownKey: '$.key', environments: '$.environments' },
        { already_exists: 'ownKey', key_retired: 'ownKey' },
      ),
  });
  const draft = form.values;
  return (
    <EntryFrame
      title="Your first project"
      description="A project holds the flags of one product. Each environment, such as staging, has its own values of them."
    >
      <Stepper aria-label="Setting up" steps={['Your account', 'First project']} current={1} />
      <form {...form.props} className="flex flex-col gap-4">
        {form.failure !== null && <ErrorNote failure={form.failure} />}
        <Field label="Name" error={form.errors.name}>
          <TextInput value={draft.name} onChange={form.set('name')} placeholder="Web shop" maxLength={256} autoFocus />
        </Field>
        <Field label="Key" hint="Programs name the project by it. It stays as it is." error={form.errors.ownKey}>
          <TextInput value={keyOf(draft)} onChange={form.set('ownKey')} mono spellCheck={false} autoCapitalize="off" />
        </Field>
        <Field
          label="Environments"
          hint="Remove one or write another. More can be added later."
          error={form.errors.environments}
        >
          <MultiCombobox
            value={draft.environments}
            onChange={form.set('environments')}
            options={ENVIRONMENTS}
            allowNew
            mono
          />
        </Field>
        <Button type="submit" tone="primary" size="lg" loading={form.isSending} className="w-full">
          Create the project
        </Button>
        <LinkButton to="/projects" tone="ghost" size="sm" className="self-center">
          Not now
        </LinkButton>
      </form>
    </EntryFrame>
  );
}
