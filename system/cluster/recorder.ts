/** Sees what readers of a cluster serve and what writers are told, until it is judged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { parseBlocks } from '@flaghoist/protocol/ruleset';
import type { Happened } from '@flaghoist/simulator';
import { sha256 } from '@flaghoist/testkit/published-environment';
import type { Acknowledged } from '../change-writer.ts';
import type { Cluster } from './cluster.ts';
import { type AcknowledgedOf, type Entry, judge, type Judgement, type Seen } from './judge.ts';
import type { Member } from './member.ts';
import { nowOf, readWritten } from './written.ts';

const ASK_EDGES_EVERY_MS = 200;
const ASK_WITHIN_MS = 2_000;

export class Recorder {
  readonly #cluster: Cluster;
  readonly #startedAt = performance.now();
  readonly #timeline: Entry[] = [];
  readonly #acknowledged: AcknowledgedOf[] = [];
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
        this.#timeline.push({ at: this.#now(), who: name, epoch: 1, revision, hash: null, values }),
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
    return judge(await readWritten(databaseUrl), this.#timeline, this.#acknowledged);
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

/** What an edge gives out, read as an SDK reads it; `unverified` in place of the hash of what no SDK would take. */
async function askEdge(url: string, key: string): Promise<Omit<Seen, 'at' | 'who'>> {
  const answer = await fetch(`${url}/native/v1/ruleset`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(ASK_WITHIN_MS),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}`);
  const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: createRegexEngine() });
  const isSound = copy.applyBlocks(parseBlocks(text) ?? []).ok;
  const [epoch = 0, revision = 0] = (answer.headers.get('flaghoist-revision') ?? '').split('.').map(Number);
  const values = [...copy.entities()].flatMap(({ kind, key: flag, json }) =>
    kind === 'flag' && json !== null ? [[flag, nowOf(json)] as const] : [],
  );
  return { epoch, revision, hash: isSound ? copy.headHash : 'unverified', values: Object.fromEntries(values) };
}
