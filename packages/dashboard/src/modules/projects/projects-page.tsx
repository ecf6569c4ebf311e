import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Boxes, Plus } from 'lucide-react';
import { useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { projectsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { NewProjectDialog } from './new-project-dialog.tsx';
import { ProjectCard } from './project-card.tsx';

/** All projects that one sees. */
export function ProjectsPage() {
  const search = useSearch({ from: '/projects' });
  const navigate = useNavigate();
  const { data, error, isPending, refetch } = useQuery(projectsQuery);
  const [withArchived, setWithArchived] = useState(false);
  const canCreate = useMyRights().inInstallation === 'admin';
  const ask = (isAsking: boolean) =>
    void navigate({ to: '/projects', search: isAsking ? { new: 'yes' } : {}, replace: !isAsking });
  const all = data ?? [];
  const archived = all.filter(({ archivedAt }) => archivedAt !== null).length;
  const shown = withArchived ? all : all.filter(({ archivedAt }) => archivedAt === null);
  const create = (
    <Button tone="primary" icon={Plus} onClick={() => ask(true)}>
      New project
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Projects"
        description="A project is one product: its flags, in each of its environments."
        actions={
          <>
            {archived > 0 && (
              <Checkbox checked={withArchived} onChange={setWithArchived} label={`Also ${archived} archived`} />
            )}
            {canCreate && all.length > 0 && create}
          </>
        }
      />
      {error !== null && (
        <ErrorNote failure={failureOf(error)} action={<Button onClick={() => void refetch()}>Try again</Button>} />
      )}
      <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3" aria-busy={isPending}>
        {isPending && [1, 2, 3].map((at) => <Skeleton key={at} className="h-31 rounded-lg" />)}
        {shown.map((project) => (
          <li key={project.key} className="min-w-0">
            <ProjectCard project={project} />
          </li>
        ))}
      </ul>
      {data !== undefined && shown.length === 0 && (
        <EmptyState
          drawing={<Boxes className="size-10" strokeWidth={1.25} />}
          title={all.length === 0 ? 'No project yet' : 'All projects are archived'}
          action={canCreate && create}
        >
          {canCreate
            ? 'Create one for your product. It brings its environments, such as development and production, and you are ready for the first flag.'
            : 'You have been let in, but no project has been shared with you yet. Ask an admin of this installation.'}
        </EmptyState>
      )}
      {canCreate && search.new !== undefined && (
        <NewProjectDialog taken={all.map(({ key }) => key)} onClose={() => ask(false)} />
      )}
    </>
  );
}
