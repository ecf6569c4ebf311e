import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import type { Project } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useArchiveProject, useRenameProject } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { whyNot } from '../../api/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';

/** The project’s name, and its end. */
export function ProjectSettings({ project }: { readonly project: Project }) {
  const rights = useMyRights();
  const why =
    project.archivedAt === null
      ? whyNot(rights.inProject(project.key), 'admin', project.name)
      : 'The project is archived. It can be read, not changed.';
  return (
    <div className="flex max-w-xl flex-col gap-8">
      {why !== null && <Callout title="You see this, and cannot change it">{why}</Callout>}
      <Section title="Project">
        <Card>
          <NameForm project={project} isLocked={why !== null} />
          <dl className="mt-5 grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2 border-t pt-4 text-sm">
            <dt className="text-soft">Key</dt>
            <dd>
              <CopyText text={project.key} label="project key" className="-ml-1" />
            </dd>
            <dt className="text-soft">Created</dt>
            <dd>
              <TimeText at={project.createdAt} exactly />
            </dd>
          </dl>
        </Card>
      </Section>
      {why === null && <ArchiveProject project={project} />}
    </div>
  );
}

function NameForm({ project, isLocked }: { readonly project: Project; readonly isLocked: boolean }) {
  const rename = useRenameProject(project.key);
  const form = useForm({
    initial: { name: project.name },
    check: ({ name }) => (name.trim() === '' ? { name: 'Write a name.' } : {}),
    send: async ({ name }) => {
      const saved = await rename.mutateAsync({ name: name.trim(), version: project.version });
      form.reset({ name: saved.name });
      showToast({ title: 'The name is saved', tone: 'on' });
    },
    explain: (error) => formFailure(error, { name: '$.name' }),
  });
  return (
    <form {...form.props} className="flex flex-col gap-3">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      <Field label="Name" error={form.errors.name}>
        <TextInput value={form.values.name} onChange={form.set('name')} maxLength={256} disabled={isLocked} />
      </Field>
      {!isLocked && (
        <Button
          type="submit"
          tone="primary"
          className="self-start"
          loading={form.isSending}
          disabled={form.values.name.trim() === project.name}
        >
          Save the name
        </Button>
      )}
    </form>
  );
}

function ArchiveProject({ project }: { readonly project: Project }) {
  const [isOpen, setOpen] = useState(false);
  const archive = useArchiveProject(project.key);
  const navigate = useNavigate();
  function close() {
    archive.reset();
    setOpen(false);
  }
  return (
    <Section title="Archive this project">
      <Card className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-sm text-soft">
          An archived project can still be read. Its environments end with it, and their keys stop working.
        </p>
        <Button tone="danger" onClick={() => setOpen(true)}>
          Archive the project
        </Button>
      </Card>
      <ConfirmDialog
        open={isOpen}
        onClose={close}
        title={`Archive ${project.name}?`}
        action="Archive"
        typeToConfirm={project.key}
        pending={archive.isPending}
        failure={archive.error === null ? null : failureOf(archive.error)}
        onConfirm={() =>
          archive.mutate(
            { version: project.version },
            {
              onSuccess: () => {
                showToast({ title: `${project.name} is archived` });
                void navigate({ to: '/projects' });
              },
            },
          )
        }
      >
        All of its environments end, and all of their keys stop working within seconds. Its key is never used again. It
        cannot be undone.
      </ConfirmDialog>
    </Section>
  );
}
