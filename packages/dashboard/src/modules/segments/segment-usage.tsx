import { useQuery } from '@tanstack/react-query';
import { failureOf } from '../../api/problem.ts';
import { segmentUsageQuery } from '../../api/queries/segments.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextLink } from '../../ui/text-link.tsx';

export interface SegmentUsageProps {
  readonly project: string;
  readonly environment: { readonly key: string; readonly name: string };
  readonly segment: string;
}

/** What changes when the segment does. */
export function SegmentUsage({ project, environment, segment }: SegmentUsageProps) {
  const { data, error, isPending } = useQuery(segmentUsageQuery(project, environment.key, segment));
  const search = { env: environment.key };
  return (
    <Section title="Used by" description={`In ${environment.name}. While anything uses it, it cannot be archived.`}>
      {isPending && <Skeleton className="h-5 w-64" />}
      {error !== null && <ErrorNote failure={failureOf(error)} />}
      {data !== undefined && data.flags.length + data.segments.length === 0 && (
        <p className="text-soft">Nothing uses it yet. Rules of flags can: “is in {segment}”.</p>
      )}
      {data !== undefined && data.flags.length > 0 && (
        <p>
          <span className="text-soft">{data.flags.length === 1 ? 'Flag ' : `${data.flags.length} flags `}</span>
          {data.flags.map((flag, at) => (
            <span key={flag}>
              {at > 0 && ', '}
              <TextLink
                to="/projects/$project/flags/$flag"
                params={{ project, flag }}
                search={search}
                className="font-mono text-sm"
              >
                {flag}
              </TextLink>
            </span>
          ))}
        </p>
      )}
      {data !== undefined && data.segments.length > 0 && (
        <p>
          <span className="text-soft">
            {data.segments.length === 1 ? 'Segment ' : `${data.segments.length} segments `}
          </span>
          {data.segments.map((one, at) => (
            <span key={one}>
              {at > 0 && ', '}
              <TextLink
                to="/projects/$project/segments/$segment"
                params={{ project, segment: one }}
                search={search}
                className="font-mono text-sm"
              >
                {one}
              </TextLink>
            </span>
          ))}
        </p>
      )}
    </Section>
  );
}
