import { Suspense, useId } from 'react';
import { ChartTable } from './chart-table.tsx';
import { lazyPart } from './lazy-part.ts';
import type { Series } from './series.ts';
import { Skeleton } from './skeleton.tsx';

export type { Series } from './series.ts';

export interface LineChartProps {
  /** What it shows, for everybody. */
  readonly title: string;
  readonly series: readonly Series[];
  readonly height?: number | undefined;
  /** Steps instead of straight lines. */
  readonly stepped?: boolean | undefined;
  readonly format?: ((value: number) => string) | undefined;
}

const Chart = lazyPart(() => import('./line-chart-view.tsx').then(({ LineChartView }) => LineChartView));
const number = new Intl.NumberFormat('en');

/** Numbers over time, as lines and, for whoever cannot see them, as a table. */
export function LineChart({
  title,
  series,
  height = 220,
  stepped = false,
  format = (value) => number.format(value),
}: LineChartProps) {
  const id = useId();
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="sr-only">
        {title}
      </figcaption>
      <Suspense
        fallback={
          <div style={{ height }}>
            <Skeleton className="h-full w-full" />
          </div>
        }
      >
        <div style={{ minHeight: height }}>
          <Chart title={title} series={series} height={height} stepped={stepped} format={format} />
        </div>
      </Suspense>
      <ChartTable title={title} series={series} format={format} />
    </figure>
  );
}
