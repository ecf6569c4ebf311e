import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { GitCompareArrows, Layers, Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { inOrder } from '../../api/environment-look.ts';
import type { Environment, SdkKey } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { sdkKeysQuery } from '../../api/queries/sdk-keys.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ArchiveEnvironmentDialog } from './archive-environment-dialog.tsx';
import { type Sorted, sortEnvironments } from './environment-form.ts';
import { EnvironmentTable } from './environment-table.tsx';
import { NewEnvironmentDialog } from './new-environment-dialog.tsx';
import { EnvironmentSettingsDialog } from './environment-settings-dialog.tsx';

const FROM = '/projects/$project/environments';

/** The environments of a project. */
export function EnvironmentsPage() {
  const { project } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const { data, error, isPending, refetch } = useQuery(environmentsQuery(project));
  const sdkKeys = useQuery(sdkKeysQuery(project)).data;
  const [withArchived, setWithArchived] = useState(false);
  const [sorted, setSorted] = useState<Sorted>({ by: 'order', descending: false });
  const [edited, setEdited] = useState<Environment | null>(null);
  const [archiving, setArchiving] = useState<Environment | null>(null);
  const rights = useMyRights();
  const canCreate = rights.inProject(project) === 'admin';
  const ask = (isAsking: boolean) =>
    void navigate({ to: FROM, params: { project }, search: isAsking ? { new: 'yes' } : {}, replace: !isAsking });

  const archived = (data ?? []).filter(({ archivedAt }) => archivedAt !== null);
  const shown = [...sortEnvironments(inOrder(data ?? []), sorted), ...(withArchived ? archived : [])];
  const keyCounts = sdkKeys === undefined ? null : countKeys(sdkKeys);
  const create = (
    <Button tone="primary" icon={Plus} onClick={() => ask(true)}>
      New environment
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Environments"
        description={
          canCreate
            ? 'Every flag is in every environment, with its own rules and its own switch in each.'
            : 'You see the environments. An admin of the project can make, rename and archive them.'
        }
        actions={<Actions project={project}>{canCreate && create}</Actions>}
      />
      {error !== null && (
        <ErrorNote failure={failureOf(error)} action={<Button onClick={() => void refetch()}>Try again</Button>} />
      )}
      {archived.length > 0 && (
        <div className="mb-4">
          <Checkbox checked={withArchived} onChange={setWithArchived} label={`Also ${archived.length} archived`} />
        </div>
      )}
      {isPending && (
        <Card flush>
          <SkeletonRows count={3} height={56} />
        </Card>
      )}
      {data !== undefined && shown.length === 0 && <NoEnvironments action={canCreate && create} />}
      {shown.length > 0 && (
        <Card flush>
          <EnvironmentTable
            project={project}
            environments={shown}
            keyCounts={keyCounts}
            sorted={sorted}
            onSort={setSorted}
            mayEdit={({ key }) => rights.inEnvironment(project, key) === 'admin'}
            onRename={setEdited}
            onArchive={setArchiving}
          />
        </Card>
      )}
      {canCreate && search.new !== undefined && (
        <NewEnvironmentDialog project={project} taken={(data ?? []).map(({ key }) => key)} onClose={() => ask(false)} />
      )}
      {edited !== null && (
        <EnvironmentSettingsDialog project={project} environment={edited} onClose={() => setEdited(null)} />
      )}
      {archiving !== null && (
        <ArchiveEnvironmentDialog
          project={project}
          environment={archiving}
          keys={keyCounts?.get(archiving.key) ?? 0}
          onClose={() => setArchiving(null)}
        />
      )}
    </>
  );
}

function Actions({ project, children }: { readonly project: string; readonly children: ReactNode }) {
  return (
    <>
      <LinkButton to="/projects/$project/compare" params={{ project }} icon={GitCompareArrows}>
        Compare
      </LinkButton>
      {children}
    </>
  );
}

function NoEnvironments({ action }: { readonly action: ReactNode }) {
  return (
    <EmptyState drawing={<Layers className="size-10" strokeWidth={1.25} />} title="No environment yet" action={action}>
      An environment is a stage of your product, such as development or production. Create one, and the project’s flags
      are in it, off.
    </EmptyState>
  );
}

/** Keys that are not revoked, by environment. */
function countKeys(sdkKeys: readonly SdkKey[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { environments, revokedAt } of sdkKeys)
    if (revokedAt === null) for (const one of environments) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
