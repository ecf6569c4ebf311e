import { useQuery } from '@tanstack/react-query';
import { inOrder } from '../../api/environment-look.ts';
import { formFailure } from '../../api/form-failure.ts';
import type { TokenCreated } from '../../api/openapi.d.ts';
import { environmentsQuery, projectsQuery } from '../../api/queries/projects.ts';
import { useCreateToken } from '../../api/queries/tokens.ts';
import { ExpiryFields } from '../../ui/expiry-fields.tsx';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { beginToken, tokenProblems, type TokenRole, toTokenCreate, withProject } from './token-form.ts';

export interface NewTokenDialogProps {
  readonly project: string;
  readonly onClose: () => void;
  readonly onMade: (made: TokenCreated) => void;
}

const ROLES: readonly { readonly value: TokenRole; readonly label: string; readonly hint: string }[] = [
  { value: 'viewer', label: 'Viewer', hint: 'Sees everything, changes nothing' },
  { value: 'editor', label: 'Editor', hint: 'Changes flags and segments' },
  { value: 'admin', label: 'Admin', hint: 'Also keys, settings and people' },
];
const EVERY = '';

/** Makes a token: what it may do, where, and how long. */
export function NewTokenDialog({ project, onClose, onMade }: NewTokenDialogProps) {
  const create = useCreateToken();
  const form = useForm({
    initial: beginToken(project),
    check: (values) => tokenProblems(values, new Date()),
    send: async (values) => onMade(await create.mutateAsync(toTokenCreate(values, new Date()))),
    explain: (error) =>
      formFailure(error, {
        name: '$.name',
        role: '$.role',
        project: '$.project',
        environment: '$.environment',
        date: '$.expiresAt',
        expiry: '$.expiresAt',
      }),
  });
  const { values, errors } = form;
  const projects = (useQuery(projectsQuery).data ?? []).filter(({ archivedAt }) => archivedAt === null);
  const found = useQuery({ ...environmentsQuery(values.project), enabled: values.project !== EVERY }).data;
  const environments = values.project === EVERY ? [] : inOrder(found ?? []);
  return (
    <FormDialog open onClose={onClose} title="New API token" form={form} action="Create the token">
      <Field label="Name" hint="What uses it." error={errors.name}>
        <TextInput value={values.name} onChange={form.set('name')} maxLength={256} placeholder="Deploy pipeline" />
      </Field>
      <Field label="Role" error={errors.role}>
        <Select value={values.role} onChange={form.set('role')} options={ROLES} className="w-full" />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Project" error={errors.project}>
          <Select
            value={values.project}
            onChange={(next) => form.change(withProject(values, next))}
            options={[
              { value: EVERY, label: 'Every project' },
              ...projects.map(({ key, name }) => ({ value: key, label: name })),
            ]}
            className="w-full"
          />
        </Field>
        <Field label="Environment" error={errors.environment}>
          <Select
            value={values.environment}
            onChange={form.set('environment')}
            disabled={values.project === EVERY}
            options={[
              { value: EVERY, label: 'All environments' },
              ...environments.map(({ key, name }) => ({ value: key, label: name })),
            ]}
            className="w-full"
          />
        </Field>
      </div>
      <ExpiryFields value={values} onChange={form.change} errors={errors} />
    </FormDialog>
  );
}
