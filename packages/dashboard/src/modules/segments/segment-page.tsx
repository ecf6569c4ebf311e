import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Check, Copy, History } from 'lucide-react';
import { failureOf, ApiProblem } from '../../api/problem.ts';
import { segmentQuery } from '../../api/queries/segments.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { useCopy } from '../../ui/copy-text.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { ArchiveSegment } from './archive-segment.tsx';
import { EnvironmentSelect } from './environment-select.tsx';
import { MissingSegment } from './missing-segment.tsx';
import { SegmentEditor } from './segment-editor.tsx';
import { useSegmentPlace } from './use-segment-place.ts';

const FROM = '/projects/$project/segments/$segment';

/** One segment in one environment: who is in it, and what uses it. */
export function SegmentPage() {
  const { project, segment } = useParams({ from: FROM });
  const navigate = useNavigate();
  const place = useSegmentPlace(project, useSearch({ from: FROM }).env);
  const { environment, locked } = place;
  const found = useQuery({ ...segmentQuery(project, environment?.key ?? '', segment), enabled: environment !== null });
  const isMissing = found.error instanceof ApiProblem && found.error.status === 404;
  return (
    <>
      <PageHeader
        breadcrumb={
          <TextLink
            to="/projects/$project/segments"
            params={{ project }}
            search={environment === null ? {} : { env: environment.key }}
          >
            Segments
          </TextLink>
        }
        title={segment}
        beside={<CopyKey text={segment} />}
        actions={
          environment !== null && (
            <>
              <EnvironmentSelect
                value={environment.key}
                environments={place.environments}
                onChange={(env) => {
                  place.remember(env);
                  void navigate({ to: FROM, params: { project, segment }, search: { env } });
                }}
              />
              <LinkButton to="/projects/$project/history" params={{ project }} search={{ segment }} icon={History}>
                History
              </LinkButton>
              {found.data !== undefined && locked === null && (
                <ArchiveSegment
                  project={project}
                  environment={environment}
                  segment={segment}
                  revision={found.data.revision}
                />
              )}
            </>
          )
        }
      />
      {locked !== null && found.data !== undefined && (
        <Callout className="mb-6" title="You see it, and cannot edit it">
          {locked}
        </Callout>
      )}
      {environment !== null && isMissing && (
        <MissingSegment
          project={project}
          environment={environment}
          environments={place.environments}
          segment={segment}
          canEdit={locked === null}
        />
      )}
      {found.isError && !isMissing && (
        <ErrorNote
          failure={failureOf(found.error)}
          action={<Button onClick={() => void found.refetch()}>Try again</Button>}
        />
      )}
      {found.isPending && <Loading />}
      {environment !== null && found.data !== undefined && !isMissing && (
        <SegmentEditor
          key={`${environment.key} ${segment}`}
          project={project}
          environment={environment}
          saved={found.data}
          isLocked={locked !== null}
        />
      )}
    </>
  );
}

function CopyKey({ text }: { readonly text: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <IconButton label={copied ? 'Copied' : 'Copy the key'} icon={copied ? Check : Copy} size="sm" onClick={copy} />
  );
}

function Loading() {
  return (
    <div className="grid gap-6" aria-busy="true">
      <Skeleton className="h-14 w-full rounded-lg" />
      <div className="grid gap-6 lg:grid-cols-2">
        <Skeleton className="h-72 w-full rounded-lg" />
        <Skeleton className="h-72 w-full rounded-lg" />
      </div>
    </div>
  );
}
