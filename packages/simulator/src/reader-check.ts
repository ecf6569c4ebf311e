/** What readers serve: only what was published, of their environment, and never something older. */
import type { Published, Report } from './violation.ts';
import type { PlaceSeen, Recorded } from './recording.ts';

interface Reader {
  /** By environment: an edge serves several. */
  readonly held: Map<string, Held>;
  /** By environment: the place of the newest file that is certainly on disk. */
  readonly saved: Map<string, PlaceSeen>;
  /** What it has said is quarantined, by the head's hash. */
  readonly quarantined: Map<string, { readonly epoch: number; readonly revision: number }>;
}

interface Held {
  readonly place: PlaceSeen;
  readonly values: { readonly [flag: string]: string };
}

const QUARANTINED = /ruleset (\d+)\.(\d+) \(head (\S+)\) is quarantined/;

type Of<W extends Recorded['what']> = Recorded & { readonly what: W };

export class ReaderCheck {
  readonly #report: Report;
  readonly #publishedAs: (hash: string) => Published | null;
  readonly #readers = new Map<string, Reader>();

  constructor(report: Report, publishedAs: (hash: string) => Published | null) {
    this.#report = report;
    this.#publishedAs = publishedAs;
  }

  see(entry: Recorded): void {
    switch (entry.what) {
      case 'began':
        // What it served before it died is nothing that this process knows; what it saved is.
        this.#readerOf(entry.who).held.clear();
        return;
      case 'holds':
        this.#holds(entry);
        return;
      case 'asked': {
        const { held, saved } = this.#readerOf(entry.who);
        const lost = held.size === 0 ? [...saved.values()][0] : undefined;
        if (lost !== undefined) this.#report('I2', `${entry.who} began with nothing, and had saved ${describe(lost)}`);
        return;
      }
      case 'emptied':
        this.#report('I5', `${entry.who} held a ruleset and holds none any more`);
        return;
      case 'evaluated':
        this.#evaluated(entry);
        return;
      case 'saved':
        this.#readerOf(entry.who).saved.set(entry.environment, entry);
        return;
      case 'spoiled':
        this.#readerOf(entry.who).saved.clear();
        // Nothing else says what was quarantined: it is tried again, and counted again.
        if (entry.file.endsWith('.quarantine')) this.#readerOf(entry.who).quarantined.clear();
        return;
      case 'said': {
        const [, epoch, revision, hash] = QUARANTINED.exec(entry.text) ?? [];
        if (hash === undefined) return;
        const place = { epoch: Number(epoch), revision: Number(revision) };
        const { quarantined } = this.#readerOf(entry.who);
        // One at a time in each environment: the next takes the place of the one before.
        const environment = this.#publishedAs(hash)?.environment;
        for (const other of quarantined.keys())
          if (this.#publishedAs(other)?.environment === environment) quarantined.delete(other);
        quarantined.set(hash, place);
        this.#readerOf(entry.who).saved.clear();
        return;
      }
      default:
    }
  }

  #holds(entry: Of<'holds'>): void {
    const { who, environment, hash, values, from } = entry;
    const reader = this.#readerOf(who);
    this.#compare(entry);
    const before = reader.held.get(environment) ?? null;
    if (before === null) this.#checkDisk(entry);
    if (before === null && reader.held.size > 0 && who.startsWith('client'))
      this.#report('I3', `${who} held ${[...reader.held.keys()].join()} and holds ${environment} now`);
    if (reader.quarantined.has(hash))
      this.#report('I4', `${who} serves ${describe(entry)}, which is quarantined (${from})`);
    this.#lift(reader, entry);
    reader.held.set(environment, { place: entry, values });
    if (before === null) return;
    const distance = entry.epoch - before.place.epoch || entry.revision - before.place.revision;
    if (distance < 0) this.#report('I2', `${who} went back from ${describe(before.place)} to ${describe(entry)}`);
    if (distance === 0 && hash !== before.place.hash)
      this.#report('I2', `${who} took another ruleset at ${describe(entry)}`);
  }

  /** A newer ruleset in use ends the quarantine of an older one. */
  #lift({ quarantined }: Reader, { environment, epoch, revision }: PlaceSeen): void {
    for (const [hash, place] of quarantined) {
      const isNewer = (epoch - place.epoch || revision - place.revision) > 0;
      if (isNewer && this.#publishedAs(hash)?.environment === environment) quarantined.delete(hash);
    }
  }

  #compare({ who, environment, hash, values, ...place }: Of<'holds'>): void {
    const published = this.#publishedAs(hash);
    const where = `${who} serves ${describe({ environment, hash, ...place })}`;
    for (const value of Object.values(values)) {
      if (value.startsWith('poison/')) this.#report('I8', `${where}, with ${value}`);
      else if (value !== '' && !value.startsWith(`${environment}/`)) this.#report('I3', `${where}, with ${value}`);
    }
    if (published === null) {
      this.#report('I4', `${where}, which nobody published`);
      return;
    }
    if (published.environment !== environment) this.#report('I3', `${where}, published for ${published.environment}`);
    const expected = published.values.map((one) => written([...one]));
    const found = written(Object.entries(values));
    if (!expected.includes(found)) this.#report('I4', `${where}: ${found}, and ${expected.join(' or ')} was published`);
  }

  /** A restart begins no further back than the last file that was certainly on disk. */
  #checkDisk({ who, from, ...place }: Of<'holds'>): void {
    const saved = this.#readerOf(who).saved.get(place.environment);
    if (from !== 'disk' || saved === undefined) return;
    const distance = place.epoch - saved.epoch || place.revision - saved.revision;
    if (distance < 0)
      this.#report('I2', `${who} began with ${describe(place)} from disk, and had saved ${describe(saved)}`);
  }

  #evaluated({ who, flag, value }: Of<'evaluated'>): void {
    const held = [...this.#readerOf(who).held.values()].at(-1);
    const expected = held?.values[flag] ?? null;
    if (value !== expected) this.#report('I3', `${who} answered ${value} for ${flag}, and holds ${expected}`);
  }

  #readerOf(who: string): Reader {
    const reader = this.#readers.get(who) ?? { held: new Map(), saved: new Map(), quarantined: new Map() };
    this.#readers.set(who, reader);
    return reader;
  }
}

function written(values: readonly (readonly [string, string])[]): string {
  return values
    .map(([flag, value]) => `${flag}=${value}`)
    .sort()
    .join(' ');
}

function describe({ environment, epoch, revision, hash }: PlaceSeen): string {
  return `${environment} ${epoch}.${revision} (${hash.slice(0, 8)})`;
}
