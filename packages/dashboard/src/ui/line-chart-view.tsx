import 'uplot/dist/uPlot.min.css';
import { useEffect, useEffectEvent, useRef } from 'react';
import UPlot from 'uplot';
import { alignSeries } from './align-series.ts';
import { PALETTE, resolveColour, useSchemeVersion } from './chart-colours.ts';
import type { Series } from './series.ts';

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_SECONDS = 86_400;

interface ViewProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly height: number;
  readonly stepped: boolean;
  readonly format: (value: number) => string;
}

/** uPlot; loaded with the first chart. Drawn anew when the data, the width or the theme changes. */
export function LineChartView({ title, series, height, stepped, format }: ViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useSchemeVersion();
  const formatted = useEffectEvent(format);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const chart = new UPlot(
      optionsOf(element, { series, height, stepped, format: (value) => formatted(value) }),
      alignSeries(series.map(({ points }) => points)) as unknown as UPlot.AlignedData,
      element,
    );
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [series, height, stepped, scheme]);

  return (
    <div
      ref={frame}
      role="img"
      aria-label={`${title}. The numbers follow as a table.`}
      className="line-chart min-w-0"
    />
  );
}

function optionsOf(element: HTMLElement, { series, height, stepped, format }: Omit<ViewProps, 'title'>): UPlot.Options {
  const ink = resolveColour(element, 'var(--color-faint)');
  const line = resolveColour(element, 'var(--color-line)');
  const font = '12px "Inter Variable", sans-serif';
  const axis: UPlot.Axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const paths = stepped ? UPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    width: element.clientWidth,
    height,
    // Half of a time stands to the right of the last line.
    padding: [12, 28, 0, 0],
    legend: { live: true, markers: { width: 2 } },
    cursor: { y: false, points: { size: 7 } },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, (high ?? 0) * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 64,
        values: (_plot, times, _axis, _space, step) => times.map((at) => timeLabel(at, step)),
      },
      { ...axis, size: 52, values: (_plot, values) => values.map(format) },
    ],
    series: [
      { label: 'Time', value: (_plot: UPlot, at: number | null) => (at === null ? '' : exact.format(at * 1_000)) },
      ...series.map(({ name, colour }, at) => {
        const stroke = resolveColour(element, colour ?? PALETTE[at % PALETTE.length] ?? 'var(--color-accent)');
        return {
          label: name,
          stroke,
          width: 2,
          points: { show: false },
          value: (_plot: UPlot, value: number | null) => (value === null ? '' : format(value)),
          ...(paths === undefined ? {} : { paths }),
        };
      }),
    ],
  };
}

/** The day at midnight and on long axes, else the time. */
function timeLabel(at: number, stepSeconds: number): string {
  const time = clock.format(at * 1_000);
  return stepSeconds >= DAY_SECONDS || time === '00:00' ? day.format(at * 1_000) : time;
}
