/** A scrape of a program that was started with a port for metrics, as Prometheus makes it. */
import type { RunningServer } from './running-server.ts';

export interface Scrape {
  readonly url: string;
  readonly text: string;
  /** As `# HELP` lines say them. */
  readonly names: readonly string[];
  /** Of a series with exactly these labels, as they are printed. */
  value(series: string): number | undefined;
  /** Over all labels. */
  sum(name: string): number;
}

export async function readMetrics({ metricsUrl }: Pick<RunningServer, 'metricsUrl'>): Promise<Scrape> {
  if (metricsUrl === null) throw new Error('start it with --metrics-port');
  const answer = await fetch(metricsUrl);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${metricsUrl}: ${answer.status} ${text}`);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const values = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  return {
    url: metricsUrl,
    text,
    names: [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) => name),
    value: (series) => values.get(series),
    sum: (name) => [...values].reduce((sum, [series, value]) => sum + (series.split('{')[0] === name ? value : 0), 0),
  };
}
