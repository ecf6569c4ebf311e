import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { RadioTower } from 'lucide-react';
import { shareText, speedText } from '../../api/delivery-words.ts';
import { environmentOptions } from '../../api/environment-options.ts';
import type { Fleet, FollowerShare } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { fleetQuery } from '../../api/queries/fleet.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EdgesTable } from './edges-table.tsx';
import { InstancesTable } from './instances-table.tsx';

const HERE = '/projects/$project/fleet';
const REFRESH_MS = 5_000;

/** Who follows an environment, and what they have. */
export function FleetPage() {
  const { project } = useParams({ from: HERE });
  const { env } = useSearch({ from: HERE });
  const navigate = useNavigate();
  const environments = useQuery(environmentsQuery(project));
  const living = (environments.data ?? []).filter(({ archivedAt }) => archivedAt === null);
  const environment = (
    living.find(({ key }) => key === env) ??
    living.find(({ key }) => key === 'production') ??
    living[0]
  )?.key;
  return (
    <>
      <PageHeader
        title="Fleet"
        description="The edges and instances that follow an environment, and the revision each of them answers from."
        actions={
          environment !== undefined && (
            <Select
              aria-label="Environment"
              value={environment}
              options={environmentOptions(living)}
              onChange={(next) =>
                void navigate({ to: HERE, params: { project }, search: { env: next }, replace: true })
              }
            />
          )
        }
      />
      {environments.isError && <ErrorNote failure={failureOf(environments.error)} />}
      {environments.isPending && <SkeletonRows count={5} height={64} />}
      {environment !== undefined && <Followers key={environment} project={project} environment={environment} />}
    </>
  );
}

function Followers({ project, environment }: { readonly project: string; readonly environment: string }) {
  const found = useQuery({ ...fleetQuery(project, environment), refetchInterval: REFRESH_MS });
  if (found.isPending) return <SkeletonRows count={5} height={64} />;
  if (found.isError)
    return (
      <ErrorNote
        failure={failureOf(found.error)}
        action={<Button onClick={() => void found.refetch()}>Try again</Button>}
      />
    );
  const { edges, instances, live, withheld } = found.data;
  const unnamed = live.instances.live - instances.filter((one) => one.live).length;
  return (
    <div className="grid gap-8">
      {withheld !== null && (
        <Callout tone="danger" title="The newest change is not what followers get">
          {withheld}
        </Callout>
      )}
      <Reach fleet={found.data} />
      <Section title="Edges" description="They answer applications, browsers and phones, from their own copy.">
        {edges.length === 0 ? (
          <Card>
            <p className="text-soft">No edge has been heard of for a day.</p>
          </Card>
        ) : (
          <EdgesTable edges={edges} />
        )}
      </Section>
      <Section title="Instances" description="Processes with a server SDK, which evaluate by themselves.">
        {instances.length === 0 ? (
          <NoInstances project={project} environment={environment} />
        ) : (
          <InstancesTable instances={instances} />
        )}
        {unnamed > 0 && (
          <p className="text-soft">And {unnamed.toLocaleString('en')} more live instances, which are only counted.</p>
        )}
      </Section>
    </div>
  );
}

/** How many have the newest revision, and how fast they got it. */
function Reach({ fleet: { epoch, revision, live } }: { readonly fleet: Fleet }) {
  return (
    <dl className="grid gap-4 sm:grid-cols-3">
      <div className="flex flex-col gap-0.5">
        <dt className="text-sm text-soft">Newest revision</dt>
        <dd className="text-lg nums">{epoch === 1 ? `#${revision}` : `#${epoch}.${revision}`}</dd>
      </div>
      <Share title="Live instances that have it" share={live.instances} one="instance" />
      <Share title="Live edges that have it" share={live.edges} one="edge" />
    </dl>
  );
}

function Share({ title, share, one }: { readonly title: string; readonly share: FollowerShare; readonly one: string }) {
  return (
    <div className="flex flex-col gap-1">
      <dt className="text-sm text-soft">{title}</dt>
      <dd className="text-lg nums">{share.live === 0 ? 'Nobody follows' : shareText(share, one)}</dd>
      {share.live > 0 && (
        <dd className="flex flex-col gap-1">
          <ProgressBar label={title} value={share.applied / share.live} />
          <span className="text-xs text-soft nums">{speedText(share) ?? 'not measured'}</span>
        </dd>
      )}
    </div>
  );
}

function NoInstances({ project, environment }: { readonly project: string; readonly environment: string }) {
  return (
    <EmptyState
      drawing={<RadioTower className="size-10" strokeWidth={1.25} />}
      title={`No application follows ${environment} yet`}
      action={
        <LinkButton to="/projects/$project/keys" params={{ project }} search={{ env: environment }}>
          Go to SDK keys
        </LinkButton>
      }
    >
      An application with a server key and our SDK shows up here within seconds. Browsers, phones and everything that
      asks over OFREP hold no ruleset: the edges answer them, and stand above.
    </EmptyState>
  );
}
