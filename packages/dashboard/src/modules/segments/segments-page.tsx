import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Plus, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { segmentsQuery } from '../../api/queries/segments.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useLate } from '../../ui/use-late.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { EnvironmentSelect } from './environment-select.tsx';
import { NewSegmentDialog } from './new-segment-dialog.tsx';
import { NoSegments } from './no-segments.tsx';
import { SegmentLine, SegmentLineHead } from './segment-line.tsx';
import { useSegmentPlace } from './use-segment-place.ts';

const FROM = '/projects/$project/segments';
const ROW = 56;

/** The segments of one environment. */
export function SegmentsPage() {
  const { project } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const place = useSegmentPlace(project, search.env);
  const go = (
    next: { readonly env?: string | undefined; readonly q?: string | undefined; readonly new?: string | undefined },
    replace = false,
  ) => void navigate({ to: FROM, params: { project }, search: { ...search, ...next }, replace });
  const { environment, locked } = place;
  return (
    <>
      <PageHeader
        title="Segments"
        description={
          locked ??
          'A segment is a named audience: people by their keys, or by what is known about them. Each environment has its own.'
        }
        actions={
          environment !== null && (
            <>
              <EnvironmentSelect
                value={environment.key}
                environments={place.environments}
                onChange={(env) => {
                  place.remember(env);
                  go({ env });
                }}
              />
              {locked === null && (
                <Button tone="primary" icon={Plus} onClick={() => go({ new: 'yes' })}>
                  New segment
                </Button>
              )}
            </>
          )
        }
      />
      {place.error !== null && <ErrorNote failure={failureOf(place.error)} />}
      {place.isPending && (
        <Card flush>
          <SkeletonRows height={ROW} />
        </Card>
      )}
      {!place.isPending && environment === null && (
        <EmptyState title="No environment yet">Segments belong to an environment: make one first.</EmptyState>
      )}
      {environment !== null && (
        <SegmentList
          key={environment.key}
          project={project}
          environment={environment.key}
          canEdit={locked === null}
          q={search.q ?? ''}
          onSearch={(q) => go({ q: q === '' ? undefined : q }, true)}
          onNew={() => go({ new: 'yes' })}
        />
      )}
      {environment !== null && locked === null && (
        <NewSegmentDialog
          project={project}
          environment={environment}
          open={search.new !== undefined}
          onClose={() => go({ new: undefined }, true)}
        />
      )}
    </>
  );
}

interface SegmentListProps {
  readonly project: string;
  readonly environment: string;
  readonly canEdit: boolean;
  readonly q: string;
  readonly onSearch: (q: string) => void;
  readonly onNew: () => void;
}

function SegmentList({ project, environment, canEdit, q, onSearch, onNew }: SegmentListProps) {
  const [text, setText] = useState(q);
  const late = useLate(text.trim(), 150);
  const list = useInfiniteQuery({
    ...segmentsQuery(project, environment, late === '' ? {} : { q: late }),
    placeholderData: keepPreviousData,
  });
  const segments = list.data?.pages.flatMap((page) => page.items) ?? [];
  const { hasNextPage, isFetching, fetchNextPage } = list;
  // The address follows what was typed; it does not lead it.
  useEffect(() => {
    if (late !== q) onSearch(late);
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [late]);
  if (list.isError && list.data === undefined)
    return (
      <ErrorNote
        failure={failureOf(list.error)}
        action={<Button onClick={() => void list.refetch()}>Try again</Button>}
      />
    );
  if (!list.isPending && segments.length === 0 && late === '' && text === '')
    return <NoSegments canEdit={canEdit} onNew={onNew} />;
  return (
    <>
      <TextInput
        type="search"
        icon={Search}
        value={text}
        onChange={setText}
        placeholder="Search segments…"
        aria-label="Search segments"
        className="mb-4 max-w-md"
      />
      <Card flush>
        <SegmentLineHead />
        {list.isPending && <SkeletonRows height={ROW} />}
        {!list.isPending && segments.length === 0 && (
          <EmptyState title="No segment matches" action={<Button onClick={() => setText('')}>Clear the search</Button>}>
            No key in this environment holds “{late}”.
          </EmptyState>
        )}
        <VirtualRows
          aria-label="Segments"
          items={segments}
          keyOf={({ key }) => key}
          rowHeight={ROW}
          onNearEnd={() => hasNextPage && !isFetching && void fetchNextPage()}
          render={(segment) => <SegmentLine project={project} environment={environment} segment={segment} />}
        />
      </Card>
    </>
  );
}
