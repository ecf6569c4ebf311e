import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { failureOf } from '../../api/problem.ts';
import { projectQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { ProjectSettings } from './project-settings.tsx';
import { TokenSettings } from './token-settings.tsx';

const FROM = '/projects/$project/settings';

/** The project itself; for admins of the installation its tokens too. */
export function SettingsPage() {
  const { project } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const { data, error } = useQuery(projectQuery(project));
  const isAdmin = useMyRights().inInstallation === 'admin';
  const general =
    data === undefined ? (
      <Skeleton className="h-48 w-full max-w-xl rounded-lg" />
    ) : (
      <ProjectSettings key={data.key} project={data} />
    );
  return (
    <>
      <PageHeader title="Settings" />
      {error !== null && <ErrorNote failure={failureOf(error)} />}
      {isAdmin ? (
        <Tabs
          aria-label="Settings"
          value={search.tab === 'tokens' ? 'tokens' : 'project'}
          onChange={(tab) => void navigate({ to: FROM, params: { project }, search: tab === 'tokens' ? { tab } : {} })}
          tabs={[
            { value: 'project', label: 'Project', panel: general },
            { value: 'tokens', label: 'API tokens', panel: <TokenSettings project={project} /> },
          ]}
        />
      ) : (
        general
      )}
    </>
  );
}
