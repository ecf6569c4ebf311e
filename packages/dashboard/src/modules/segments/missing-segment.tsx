import { useQueries, useQueryClient } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { failureOf } from '../../api/problem.ts';
import { segmentQuery, useCreateSegment } from '../../api/queries/segments.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { TextLink } from '../../ui/text-link.tsx';

interface Named {
  readonly key: string;
  readonly name: string;
}

export interface MissingSegmentProps {
  readonly project: string;
  readonly environment: Named;
  readonly environments: readonly Named[];
  readonly segment: string;
  readonly canEdit: boolean;
}

/** The segment is not in this environment: where it is, and how it comes here. */
export function MissingSegment({ project, environment, environments, segment, canEdit }: MissingSegmentProps) {
  const others = environments.filter(({ key }) => key !== environment.key);
  const found = useQueries({
    queries: others.map(({ key }) => ({ ...segmentQuery(project, key, segment), retry: false })),
  });
  const create = useCreateSegment(project, environment.key);
  const client = useQueryClient();
  const places = others.flatMap((other, at) => {
    const data = found[at]?.data;
    return data === undefined ? [] : [{ other, data }];
  });
  return (
    <EmptyState
      drawing={<Users className="size-10" strokeWidth={1.25} />}
      title={`${segment} is not in ${environment.name}`}
      action={
        canEdit &&
        places.map(({ other, data }) => (
          <Button
            key={other.key}
            loading={create.isPending}
            onClick={() =>
              create.mutate(
                { key: segment, included: data.included, excluded: data.excluded, conditions: data.conditions },
                {
                  onSuccess: (made) =>
                    client.setQueryData(segmentQuery(project, environment.key, segment).queryKey, made),
                },
              )
            }
          >
            Copy it from {other.name}
          </Button>
        ))
      }
    >
      {places.length === 0 ? (
        <p>
          It may have been archived, or never made here.{' '}
          <TextLink to="/projects/$project/segments" params={{ project }} search={{ env: environment.key }}>
            See the segments of {environment.name}
          </TextLink>
          .
        </p>
      ) : (
        <p>
          Segments belong to one environment. It is in{' '}
          {places.map(({ other }, at) => (
            <span key={other.key}>
              {at > 0 && ', '}
              <TextLink
                to="/projects/$project/segments/$segment"
                params={{ project, segment }}
                search={{ env: other.key }}
              >
                {other.name}
              </TextLink>
            </span>
          ))}
          .
        </p>
      )}
      {create.error !== null && <ErrorNote className="mt-4 text-left" failure={failureOf(create.error)} />}
    </EmptyState>
  );
}
