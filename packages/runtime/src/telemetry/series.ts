/** What a process counts and measures, as numbers that are read when somebody asks. */

/** One value of a series. Label values come from small closed lists, or are capped by whoever fills them. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a histogram's parts. */
  readonly part?: '_bucket' | '_sum' | '_count';
}

export interface Series {
  /** Without `flaghoist_`, which all have. A counter's ends with `_total`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** What several processes behind one port come to. Absent: the sum. */
  readonly across?: 'min' | 'max';
  readonly samples: readonly Sample[];
}

export function counter(name: string, help: string, samples: number | readonly Sample[]): Series {
  return { name, kind: 'counter', help, samples: toSamples(samples) };
}

export function gauge(name: string, help: string, samples: number | readonly Sample[], across?: 'min' | 'max'): Series {
  return { name, kind: 'gauge', help, samples: toSamples(samples), ...(across === undefined ? {} : { across }) };
}

function toSamples(samples: number | readonly Sample[]): readonly Sample[] {
  return typeof samples === 'number' ? [{ value: samples }] : samples;
}

/** One sample for each name that was counted. `names`: those that are shown before they are, too. */
export function samplesOf(
  label: string,
  counts: Iterable<readonly [string, number]>,
  names: readonly string[] = [],
): readonly Sample[] {
  const all = new Map<string, number>(names.map((name) => [name, 0]));
  for (const [name, count] of counts) all.set(name, count);
  return [...all].map(([name, value]) => ({ value, labels: { [label]: name } }));
}

/** Upper bounds, in seconds. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** How long things took, in buckets: an array of numbers, so that to note one makes no object. */
export class Durations {
  readonly #counts = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  #sum = 0;
  #count = 0;

  note(seconds: number): void {
    let at = 0;
    while (at < BOUNDS.length && seconds > (BOUNDS[at] ?? 0)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += seconds;
    this.#count += 1;
  }

  samples(labels: Readonly<Record<string, string>>): readonly Sample[] {
    let below = 0;
    const buckets = this.#counts.map((count, at): Sample => {
      below += count;
      return { part: '_bucket', labels: { ...labels, le: String(BOUNDS[at] ?? '+Inf') }, value: below };
    });
    return [...buckets, { part: '_sum', labels, value: this.#sum }, { part: '_count', labels, value: this.#count }];
  }
}
