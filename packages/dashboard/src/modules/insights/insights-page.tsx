import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChartLine } from 'lucide-react';
import { environmentOptions } from '../../api/environment-options.ts';
import { filterOf, INTERVALS, type IntervalValue, intervalOf } from '../../api/intervals.ts';
import type { EvaluationSeries } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { seriesQuery } from '../../api/queries/insights.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { LineChart } from '../../ui/line-chart.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useMinute } from '../../ui/use-minute.ts';

const HERE = '/projects/$project/insights';
const REFRESH_MS = 5_000;
const number = new Intl.NumberFormat('en');

/** How often the flags of an environment are evaluated, and how complete that is. */
export function InsightsPage() {
  const { project } = useParams({ from: HERE });
  const search = useSearch({ from: HERE });
  const navigate = useNavigate();
  const environments = useQuery(environmentsQuery(project));
  const living = (environments.data ?? []).filter(({ archivedAt }) => archivedAt === null);
  const environment =
    living.find(({ key }) => key === search.env)?.key ??
    living.find(({ key }) => key === 'production')?.key ??
    living[0]?.key;
  const interval = intervalOf(search.interval);
  const go = (change: { readonly env?: string; readonly interval?: IntervalValue }): void =>
    void navigate({
      to: '/projects/$project/insights',
      params: { project },
      search: { ...search, ...change },
      replace: true,
    });
  return (
    <>
      <PageHeader
        title="Insights"
        description="How often flags are evaluated, by what applications reported, and what of it is missing."
        actions={
          <div className="flex flex-wrap items-center gap-2">
            {environment !== undefined && (
              <Select
                aria-label="Environment"
                value={environment}
                options={environmentOptions(living)}
                onChange={(env) => go({ env })}
              />
            )}
            <SegmentedControl
              aria-label="Interval"
              value={interval.value}
              options={INTERVALS.map(({ value, label }) => ({ value, label }))}
              onChange={(value) => go({ interval: value })}
            />
          </div>
        }
      />
      {environments.isError && <ErrorNote failure={failureOf(environments.error)} />}
      {environment !== undefined && (
        <Evaluations key={environment} project={project} environment={environment} interval={interval.value} />
      )}
    </>
  );
}

function Evaluations({
  project,
  environment,
  interval,
}: {
  readonly project: string;
  readonly environment: string;
  readonly interval: IntervalValue;
}) {
  const now = useMinute();
  const found = useQuery({
    ...seriesQuery(project, environment, filterOf(intervalOf(interval), now)),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  if (found.isPending) return <Skeleton className="h-80 w-full" />;
  if (found.isError)
    return (
      <ErrorNote
        failure={failureOf(found.error)}
        action={<Button onClick={() => void found.refetch()}>Try again</Button>}
      />
    );
  const { series, updatedAt } = found.data;
  if (series.length === 0 && updatedAt === null) return <NothingYet project={project} environment={environment} />;
  return (
    <div className="grid gap-6">
      <Card>
        <LineChart
          title={`Evaluations in ${environment}, by flag`}
          height={280}
          series={series.map(({ flag, points }) => ({ name: flag ?? 'all others', points: pairs(points) }))}
        />
      </Card>
      <Completeness data={found.data} />
      {series.length > 0 && (
        <Card flush>
          <Table aria-label="Evaluations by flag">
            <THead>
              <Th>Flag</Th>
              <Th className="text-right">Evaluations</Th>
            </THead>
            <tbody>
              {series.map(({ flag, points }) => (
                <Tr key={flag ?? ''}>
                  <Td>
                    {flag === null ? (
                      <span className="text-soft">all others</span>
                    ) : (
                      <TextLink
                        to="/projects/$project/flags/$flag"
                        params={{ project, flag }}
                        search={{ env: environment }}
                        className="font-mono"
                      >
                        {flag}
                      </TextLink>
                    )}
                  </Td>
                  <Td className="text-right nums">{number.format(sum(points))}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
    </div>
  );
}

function NothingYet({ project, environment }: { readonly project: string; readonly environment: string }) {
  return (
    <EmptyState
      drawing={<ChartLine className="size-10" strokeWidth={1.25} />}
      title={`Nothing was evaluated in ${environment} yet`}
      action={
        <LinkButton to="/projects/$project/keys" params={{ project }} search={{ env: environment }}>
          Go to SDK keys
        </LinkButton>
      }
    >
      Applications report what they evaluated by themselves, a few seconds after. Create an SDK key for {environment},
      and give it to an application.
    </EmptyState>
  );
}

/** What is known not to be in the counts. */
function Completeness({ data: { missing, dropped, errors, updatedAt } }: { readonly data: EvaluationSeries }) {
  const failed = sum(errors);
  const facts = [
    { name: 'Reports missing', value: number.format(missing), hint: 'numbered by senders, not arrived' },
    { name: 'Evaluations dropped', value: number.format(dropped), hint: 'senders had no room for them' },
    { name: 'Evaluations failed', value: number.format(failed), hint: 'the code’s own default was used' },
  ];
  return (
    <>
      <dl className="grid gap-4 sm:grid-cols-4">
        {facts.map(({ name, value, hint }) => (
          <div key={name} className="flex flex-col gap-0.5">
            <dt className="text-sm text-soft">{name}</dt>
            <dd className="text-lg nums">{value}</dd>
            <dd className="text-xs text-soft">{hint}</dd>
          </div>
        ))}
        <div className="flex flex-col gap-0.5">
          <dt className="text-sm text-soft">Last counted</dt>
          <dd className="text-lg">{updatedAt === null ? 'never' : <TimeText at={updatedAt} />}</dd>
        </div>
      </dl>
      {(missing > 0 || dropped > 0) && (
        <Callout tone="warn" title="The counts are not complete">
          {missing > 0 && 'Some reports of applications have not arrived; they may still come. '}
          {dropped > 0 && 'Some applications evaluated more than they could keep until it was reported.'}
        </Callout>
      )}
    </>
  );
}

function pairs(points: readonly (readonly number[])[]): readonly (readonly [number, number])[] {
  return points.map(([at = 0, count = 0]) => [at, count]);
}

function sum(points: readonly (readonly number[])[]): number {
  return points.reduce((total, [, count = 0]) => total + count, 0);
}
