import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChartLine } from 'lucide-react';
import { useState } from 'react';
import { filterOf, INTERVALS, type IntervalValue, intervalOf } from '../../../api/intervals.ts';
import { failureOf } from '../../../api/problem.ts';
import { seriesQuery } from '../../../api/queries/insights.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Card } from '../../../ui/card.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { LineChart } from '../../../ui/line-chart.tsx';
import { Section } from '../../../ui/section.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { useMinute } from '../../../ui/use-minute.ts';
import { useEditing } from '../editing/editing-context.ts';
import { variantColour, VariantMark } from '../variant-mark.tsx';

const EVERY_MS = 5_000;
const DEFAULT = 'code’s own default';

/** How often each variant was served here. */
export function CountsTab() {
  const { project, environment, flag, variants } = useEditing();
  const [chosen, setChosen] = useState<IntervalValue>('24h');
  const now = useMinute();
  const counts = useQuery({
    ...seriesQuery(project, environment, { flag, ...filterOf(intervalOf(chosen), now) }),
    // Only while the tab is looked at: the query layer stops in the background.
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
  const { data } = counts;
  const series = (data?.series ?? []).map(({ variant, points }) => ({
    name: variant ?? DEFAULT,
    points: points.map(([at = 0, count = 0]) => [at, count] as const),
    ...(variant === null ? {} : { colour: variantColour(variants, variant) }),
  }));
  const totals = series.map(({ name, points }) => ({ name, count: points.reduce((sum, [, count]) => sum + count, 0) }));
  const all = totals.reduce((sum, { count }) => sum + count, 0);
  const failed = (data?.errors ?? []).reduce((sum, [, count]) => sum + (count ?? 0), 0);
  return (
    <Section
      title="Evaluations"
      description={`In ${environment}, by variant.`}
      actions={
        <SegmentedControl size="sm" aria-label="Interval" value={chosen} onChange={setChosen} options={INTERVALS} />
      }
    >
      {counts.error !== null && (
        <ErrorNote
          failure={failureOf(counts.error)}
          action={<Button onClick={() => void counts.refetch()}>Try again</Button>}
        />
      )}
      {data === undefined && counts.error === null && <Skeleton className="h-72 w-full" />}
      {data !== undefined && all === 0 && failed === 0 && (
        <EmptyState drawing={<ChartLine className="size-10" strokeWidth={1.25} />} title="Nobody asked for this flag">
          Once code evaluates {flag} in {environment}, its variants are counted here within seconds.
        </EmptyState>
      )}
      {data !== undefined && all + failed > 0 && (
        <>
          <Card>
            <LineChart title={`Evaluations of ${flag} in ${environment}`} series={series} height={260} />
          </Card>
          <ul className="flex flex-wrap gap-x-8 gap-y-3">
            {totals.map(({ name, count }) => (
              <li key={name} className="flex items-center gap-2">
                <VariantMark variants={variants} name={name} />
                <span className="font-medium">{name}</span>
                <span className="nums">{count.toLocaleString('en')}</span>
                <span className="text-faint nums">{all === 0 ? '' : `${((count * 100) / all).toFixed(1)} %`}</span>
              </li>
            ))}
            {failed > 0 && <li className="text-danger-text nums">{failed.toLocaleString('en')} failed</li>}
          </ul>
        </>
      )}
      {data !== undefined && (data.missing > 0 || data.dropped > 0) && (
        <Callout tone="warn" title="These counts are not complete">
          {data.missing > 0 && (
            <p>{data.missing.toLocaleString('en')} batches that senders numbered have not arrived.</p>
          )}
          {data.dropped > 0 && <p>{data.dropped.toLocaleString('en')} evaluations had to be dropped by senders.</p>}
        </Callout>
      )}
      {data !== undefined && data.missing === 0 && data.dropped === 0 && all > 0 && (
        <p className="text-sm text-faint">Nothing is missing, nothing was dropped.</p>
      )}
    </Section>
  );
}
