/**
 * What readers of a cluster were seen to serve, what writers were told, and what the database holds in the end: as entries
 * for the simulator's checker, which judges real processes by the same rules as simulated ones.
 */
import { Checker, describeEntry, type Happened, type Recorded, type Violation } from '@flaghoist/simulator';
import { queryOnce } from '@flaghoist/testkit/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged } from '../change-writer.ts';
import type { Cluster } from './cluster.ts';
import type { Member } from './member.ts';

const ENVIRONMENT = 'production';
const ASK_EDGES_EVERY_MS = 200;
const ASK_WITHIN_MS = 2_000;
const SHOWN_BEFORE = 30;

type Values = Readonly<Record<string, number>>;

/** Seen of a reader; the hash is looked up when the database can be asked again. */
interface Seen {
  readonly at: number;
  readonly who: string;
  readonly epoch: number;
  readonly revision: number;
  readonly values: Values;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Of the first violation, for people. */
  readonly text: string;
  readonly committed: number;
  readonly acknowledged: number;
  /** How often a reader was seen to have another revision than before. */
  readonly seen: number;
}

export class Recorder {
  readonly #cluster: Cluster;
  readonly #startedAt = performance.now();
  readonly #timeline: (Recorded | Seen)[] = [];
  readonly #acknowledged: (Acknowledged & { readonly flag: string })[] = [];
  #following: Promise<unknown> | null = null;
  #isOver = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Watches every edge and every application from now on. */
  async start(): Promise<void> {
    const { applications, flags } = this.#cluster;
    this.#following = Promise.all(this.#cluster.of('edge').map((edge) => this.#follow(edge)));
    for (const { name, application } of applications) {
      this.note(name, { what: 'began' });
      await application.follow(flags, { targetingKey: name }, ({ revision, values }) =>
        this.#timeline.push({ at: this.#now(), who: name, epoch: 1, revision, values }),
      );
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#following;
  }

  note(who: string, happened: Happened): void {
    this.#timeline.push({ at: this.#now(), who, ...happened });
  }

  acknowledge(flag: string, made: Acknowledged): void {
    this.#acknowledged.push({ ...made, flag });
    this.note(`writer of ${flag}`, { what: 'acknowledged', change: made.change });
  }

  /** Judges everything up to now by what the database at `databaseUrl` holds. Everybody has to have come to rest. */
  async judge(databaseUrl: string): Promise<Judgement> {
    const written = await readCommits(databaseUrl);
    const heads = await readHeads(databaseUrl);
    const checker = new Checker();
    const entries: Recorded[] = [];
    const see = (entry: Recorded): void => {
      entries.push(entry);
      checker.see(entry);
    };
    for (const commit of written) see({ at: 0, who: 'database', ...commit });
    for (const [place, hash] of heads) {
      const [epoch = 0, revision = 0] = place.split('.').map(Number);
      const published = { database: 0, environment: ENVIRONMENT, epoch, revision, hash };
      see({ at: 0, who: 'publisher', what: 'published', ...published });
    }
    for (const entry of this.#timeline) see('what' in entry ? entry : holds(entry, heads));
    this.#compareValues(checker, written);
    see({ at: this.#now(), who: 'everybody', what: 'rested' });
    const [first] = checker.violations;
    return {
      violations: checker.violations,
      text: first === undefined ? '' : describe(first, entries),
      committed: written.length,
      acknowledged: this.#acknowledged.length,
      seen: this.#timeline.length,
    };
  }

  /** That a change is there is not enough: it has to say what its author was told. */
  #compareValues(checker: Checker, written: readonly Commit[]): void {
    const byChange = new Map(written.map((commit) => [commit.change, commit]));
    for (const { change, flag, value, revision } of this.#acknowledged) {
      const commit = byChange.get(change);
      const said = commit?.edits.find(({ key }) => key === flag)?.value;
      if (commit?.revision !== revision || said !== valueOf(value))
        checker.fail('I1', `${flag} = ${value} was acknowledged at ${revision}; ${change} holds ${said ?? 'nothing'}`);
    }
  }

  /** Asks one edge over and over, whatever it answers: an edge that does not answer serves nothing wrong. */
  async #follow(edge: Member): Promise<void> {
    let pid: number | null = null;
    let told = '';
    while (!this.#isOver) {
      if (edge.pid !== pid && edge.pid !== null) {
        pid = edge.pid;
        this.note(edge.name, { what: 'began' });
      }
      const seen = await askEdge(edge.url, this.#cluster.key).catch(() => null);
      const text = JSON.stringify(seen);
      if (seen !== null && text !== told && edge.pid === pid) {
        told = text;
        this.#timeline.push({ at: this.#now(), who: edge.name, ...seen });
      }
      await sleep(ASK_EDGES_EVERY_MS);
    }
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }
}

/** All flags at once, from one revision. */
async function askEdge(url: string, key: string): Promise<Omit<Seen, 'at' | 'who'>> {
  const answer = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ context: { targetingKey: 'recorder' } }),
    signal: AbortSignal.timeout(ASK_WITHIN_MS),
  });
  const { flags } = (await answer.json()) as { readonly flags: readonly { readonly key: string; readonly value: number }[] };
  const [epoch = 0, revision = 0] = (answer.headers.get('flaghoist-revision') ?? '').split('.').map(Number);
  return { epoch, revision, values: Object.fromEntries(flags.map(({ key: flag, value }) => [flag, value])) };
}

type Commit = Happened & { readonly what: 'committed' };

async function readCommits(databaseUrl: string): Promise<readonly Commit[]> {
  const found = await queryOnce(
    databaseUrl,
    `select r.epoch::int as epoch, r.revision::int as revision, r.change_id as change,
        coalesce(json_agg(json_build_object('key', v.key, 'json', v.json)) filter (where v.kind = 'flag'), '[]') as flags
      from revisions r left join entity_versions v using (environment_id, revision)
      group by r.environment_id, r.revision, r.epoch, r.change_id order by r.revision`,
  );
  return found.map(({ epoch, revision, change, flags }) => ({
    what: 'committed',
    database: 0,
    environment: ENVIRONMENT,
    epoch: Number(epoch),
    revision: Number(revision),
    change: String(change),
    edits: (flags as readonly { readonly key: string; readonly json: string }[]).map(({ key, json }) => ({
      kind: 'flag',
      key,
      json,
      value: valueOf((JSON.parse(json) as { readonly variants: { readonly now: number } }).variants.now),
      isPoison: false,
    })),
  }));
}

/** Hashes of what was published, by `epoch.revision`. */
async function readHeads(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  const found = await queryOnce(databaseUrl, 'select epoch, revision, hash from heads order by epoch, revision');
  return new Map(found.map(({ epoch, revision, hash }) => [`${epoch}.${revision}`, String(hash)]));
}

function holds({ values, ...seen }: Seen, heads: ReadonlyMap<string, string>): Recorded {
  const { epoch, revision } = seen;
  return {
    ...seen,
    what: 'holds',
    environment: ENVIRONMENT,
    // What nobody published has no hash, and the checker says so.
    hash: heads.get(`${epoch}.${revision}`) ?? 'of nobody',
    from: 'wire',
    values: Object.fromEntries(Object.entries(values).map(([flag, value]) => [flag, valueOf(value)])),
  };
}

/** As simulated flags say it: with the environment that they belong to. */
function valueOf(value: number): string {
  return `${ENVIRONMENT}/${value}`;
}

function describe(violation: Violation, entries: readonly Recorded[]): string {
  const at = entries[violation.entry] ?? entries.at(-1);
  const concerns = ({ who, what }: Recorded): boolean => who === at?.who || what === 'fault' || what === 'healed';
  const before = entries.slice(0, violation.entry + 1).filter(concerns);
  return [`${violation.invariant}: ${violation.message}`, ...before.slice(-SHOWN_BEFORE).map(describeEntry)].join('\n');
}
