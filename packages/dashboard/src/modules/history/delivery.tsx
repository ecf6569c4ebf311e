import { useQuery } from '@tanstack/react-query';
import { reachedShare, shareText, speedText } from '../../api/delivery-words.ts';
import type { Change, Delivery as DeliveryData, Laggard } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { deliveryQuery } from '../../api/queries/fleet.ts';
import { Badge } from '../../ui/badge.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { TimeText } from '../../ui/time-text.tsx';

type DeliveredTo = DeliveryData['environments'][number];

/** While it is on its way, and afterwards: followers come and go. */
const SOON_MS = 1_000;
const LATER_MS = 10_000;

/** How many live followers have a change, how fast they got it, and who lags. */
export function Delivery({ project, change }: { readonly project: string; readonly change: Change }) {
  const found = useQuery({
    ...deliveryQuery(project, change.id),
    enabled: change.revisions.length > 0,
    refetchInterval: ({ state }) => (state.data?.environments.every(isEverywhere) === true ? LATER_MS : SOON_MS),
  });
  if (change.revisions.length === 0) return null;
  return (
    <Section
      className="mt-6"
      title="Delivery"
      description="How many live followers have it, measured from the moment it was written."
    >
      {found.isError && <ErrorNote failure={failureOf(found.error)} />}
      {found.isPending && <Skeleton className="h-24 w-full" />}
      {found.isSuccess && (
        <Card flush>
          <ul className="divide-y">
            {found.data.environments.map((one) => (
              <li key={one.environment} className="grid gap-2 px-4 py-3">
                <Reach project={project} to={one} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Section>
  );
}

function isEverywhere({ edges, instances }: DeliveredTo): boolean {
  return edges.applied === edges.live && instances.applied === instances.live;
}

function Reach({ project, to }: { readonly project: string; readonly to: DeliveredTo }) {
  const { environment, revision, edges, instances, laggards, withheld } = to;
  const share = reachedShare(edges, instances);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge>
          {environment} <span className="nums">#{revision}</span>
        </Badge>
        <p className="min-w-0 flex-1 basis-60">{sentenceOf(to)}</p>
        <TextLink to="/projects/$project/fleet" params={{ project }} search={{ env: environment }} className="text-sm">
          Fleet<span className="sr-only"> of {environment}</span>
        </TextLink>
      </div>
      {share !== null && <ProgressBar label={`Live followers in ${environment} that have it`} value={share} />}
      {withheld !== null && (
        <Callout tone="danger" title="Followers do not get what it wrote">
          {withheld}
        </Callout>
      )}
      {laggards.length > 0 && <Laggards laggards={laggards} />}
      {share !== null && (
        <p className="text-sm text-soft nums">
          Instances: {speedText(instances) ?? 'not measured'}. Edges: {speedText(edges) ?? 'not measured'}.
        </p>
      )}
    </>
  );
}

function sentenceOf({ edges, instances }: DeliveredTo): string {
  if (edges.live + instances.live === 0) return 'Nobody follows this environment at the moment.';
  if (instances.live === 0) return `${shareText(edges, 'edge')} have it. No instance follows at the moment.`;
  return `${shareText(instances, 'instance')} and ${shareText(edges, 'edge')} have it.`;
}

function Laggards({ laggards }: { readonly laggards: readonly Laggard[] }) {
  return (
    <ul aria-label="Who lags" className="grid gap-1 text-sm">
      {laggards.map(({ kind, id, program, host, revision, problem, seenAt }) => (
        <li key={id} className="wrap-anywhere text-soft">
          <span className="font-medium text-ink">{host}</span> ({kind}, {program}){' '}
          {revision === null ? 'has no revision yet' : <span className="nums">is at #{revision}</span>}, last seen{' '}
          <TimeText at={seenAt} />
          {problem !== null && <span className="text-danger-text">: {problem}</span>}
        </li>
      ))}
    </ul>
  );
}
