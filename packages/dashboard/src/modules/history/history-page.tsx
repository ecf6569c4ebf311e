import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { environmentOptions } from '../../api/environment-options.ts';
import type { Change } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { changesQuery } from '../../api/queries/history.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tag } from '../../ui/tag.tsx';
import { ChangeLine } from './change-line.tsx';
import { byDay, dayName } from './days.ts';

const HERE = '/projects/$project/history';
const EVERYWHERE = ' ';

/** Everything that was changed in a project, newest first. */
export function HistoryPage() {
  const { project } = useParams({ from: HERE });
  const search = useSearch({ from: HERE });
  const navigate = useNavigate();
  const environments = useQuery(environmentsQuery(project));
  const filter = {
    ...(search.env === undefined ? {} : { environment: search.env }),
    ...(search.flag === undefined ? {} : { flag: search.flag }),
    ...(search.segment === undefined ? {} : { segment: search.segment }),
  };
  const found = useInfiniteQuery(changesQuery(project, filter));
  const narrow = (change: {
    readonly env?: string | undefined;
    readonly flag?: string | undefined;
    readonly segment?: string | undefined;
  }): void =>
    void navigate({
      to: '/projects/$project/history',
      params: { project },
      search: { ...search, ...change },
      replace: true,
    });
  const options = [{ value: EVERYWHERE, label: 'All environments' }, ...environmentOptions(environments.data ?? [])];
  const changes = found.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeader
        title="History"
        description="Who changed what, when and why. Nothing here can be rewritten, and every edit can be reverted."
        actions={
          <div className="flex flex-wrap items-center gap-2">
            {search.flag !== undefined && (
              <Tag mono onRemove={() => narrow({ flag: undefined })} removeLabel="Show all flags">
                {search.flag}
              </Tag>
            )}
            {search.segment !== undefined && (
              <Tag mono onRemove={() => narrow({ segment: undefined })} removeLabel="Show all segments">
                {search.segment}
              </Tag>
            )}
            <Select
              aria-label="Environment"
              value={search.env ?? EVERYWHERE}
              options={options}
              onChange={(env) => narrow({ env: env === EVERYWHERE ? undefined : env })}
            />
          </div>
        }
      />
      {found.isPending && <SkeletonRows count={8} height={72} />}
      {found.isError && (
        <ErrorNote
          failure={failureOf(found.error)}
          action={<Button onClick={() => void found.refetch()}>Try again</Button>}
        />
      )}
      {found.isSuccess && changes.length === 0 && (
        <EmptyState drawing={<History className="size-10" strokeWidth={1.25} />} title="Nothing was changed here yet">
          Every change to a flag, a segment or a key will stand here with its author, its reason and the revision that
          it became.
        </EmptyState>
      )}
      <Timeline project={project} changes={changes} />
      <MoreButton list={found}>Show older changes</MoreButton>
    </>
  );
}

function Timeline({ project, changes }: { readonly project: string; readonly changes: readonly Change[] }) {
  const now = new Date();
  return (
    <div className="grid gap-6">
      {byDay(changes).map(({ date, items }) => (
        <section key={date} aria-labelledby={`day-${date}`}>
          <h2 id={`day-${date}`} className="mb-2 text-sm font-medium text-soft">
            {dayName(date, now)}
          </h2>
          <Card flush>
            <ol className="divide-y">
              {items.map((change) => (
                <ChangeLine key={change.id} project={project} change={change} />
              ))}
            </ol>
          </Card>
        </section>
      ))}
    </div>
  );
}
