/** Series as the text that Prometheus reads. What does it is loaded when somebody first asks: nobody else pays for it. */
import type * as PromClient from 'prom-client';
import type { Series } from './series.ts';

/** The figures of one process as plain data, which crosses between processes as JSON. */
export type Figures = readonly Figure[];

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly {
    readonly value: number | string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly metricName?: string;
  }[];
}

const PREFIX = 'flaghoist_';

/** The series of this process, and what Node and the system say of it (`process_*`, `nodejs_*`). */
export async function readFigures(series: readonly Series[]): Promise<Figures> {
  const registry = await ofProcess();
  const ofNode = (await registry.getMetricsAsJSON()) as unknown as Figures;
  return [...series.map(toFigure), ...ofNode.map(toPlain)];
}

/** Of several processes behind one port: counts are added up. */
export async function formatMetrics(all: readonly Figures[]): Promise<string> {
  const { AggregatorRegistry } = await load();
  const copies = all.map((figures) => figures.map((figure) => ({ ...figure })));
  return AggregatorRegistry.aggregate(copies).metrics();
}

export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Library = Pick<typeof PromClient, 'AggregatorRegistry' | 'Registry' | 'collectDefaultMetrics'>;
let loading: Promise<Library> | null = null;
let ofNode: Promise<InstanceType<Library['Registry']>> | null = null;

function load(): Promise<Library> {
  loading ??= import('prom-client');
  return loading;
}

/** Begins to watch the event loop with the first question. */
function ofProcess(): Promise<InstanceType<Library['Registry']>> {
  ofNode ??= load().then(({ Registry, collectDefaultMetrics }) => {
    const register = new Registry();
    collectDefaultMetrics({ register });
    return register;
  });
  return ofNode;
}

function toFigure({ name, kind, help, across, samples }: Series): Figure {
  const full = `${PREFIX}${name}`;
  const values = samples.map(({ value, labels = {}, part }) => ({
    value: encode(value),
    labels,
    ...(part === undefined ? {} : { metricName: `${full}${part}` }),
  }));
  return { name: full, help, type: kind, aggregator: across ?? 'sum', values };
}

/** When a process began is left out by the library where there are several: then the first of them is meant. */
function toPlain(figure: Figure): Figure {
  const values = figure.values.map((sample) => ({ ...sample, value: encode(Number(sample.value)) }));
  return { ...figure, values, aggregator: figure.aggregator === 'omit' ? 'min' : figure.aggregator };
}

/** JSON has no infinity. */
function encode(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
