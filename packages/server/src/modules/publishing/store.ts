/** What was published, as the database knows it. */
import type { EntityKind } from '@flaghoist/protocol/ruleset';
import { type Db, row, rows, sql, type Tx } from '../../platform/database.ts';
import type { Changes } from '../changes/index.ts';
import type { GateBlock } from './gate-messages.ts';
import type { Publication } from './line.ts';
import { nameOf, NOTHING_WITHHELD, type Withheld, type WithheldEntity } from './withheld.ts';

export interface PublishedHead {
  readonly epoch: number;
  readonly revision: number;
  readonly text: string;
}

/** What a publisher remembers. */
export interface PublicationStore {
  readPublications(): Promise<ReadonlyMap<string, Publication>>;
  /** Undefined: nothing was published there. */
  readHead(environmentId: string, at: Publication): Promise<string | undefined>;
  /** Of each environment the head of its newest publication. */
  readHeads(environmentIds: readonly string[]): Promise<ReadonlyMap<string, PublishedHead>>;
  readWithheld(environmentId: string, revision: number): Promise<Withheld>;
  /** Environments of which something is withheld. */
  readWithholding(): Promise<ReadonlySet<string>>;
  /** Several publishers may remember the same; the newest place wins. */
  remember(environmentId: string, blocks: readonly GateBlock[], withheld: Withheld, at: string): Promise<void>;
}

export function createPublicationStore(db: Db, changes: Changes): PublicationStore {
  return {
    readPublications: () => readPublications(db),
    readHead: (environmentId, at) => readHead(db, environmentId, at),
    readHeads: (environmentIds) => readHeads(db, environmentIds),
    readWithholding: () => readWithholding(db),
    readWithheld: (environmentId, revision) => readWithheld(db, changes, environmentId, revision),
    remember: (environmentId, blocks, withheld, at) => remember(db, environmentId, blocks, withheld, at),
  };
}

export async function readPublications(db: Db): Promise<ReadonlyMap<string, Publication>> {
  const found = await rows(
    db,
    sql<
      Publication & { environmentId: string }
    >`select environment_id as "environmentId", epoch, revision, hash from publications`,
  );
  return new Map(found.map(({ environmentId, ...publication }) => [environmentId, publication]));
}

export async function readHead(
  db: Db,
  environmentId: string,
  { epoch, revision }: Publication,
): Promise<string | undefined> {
  const found = await row(
    db,
    sql<{
      head: string;
    }>`select head from heads where environment_id = ${environmentId}::uuid and epoch = ${epoch} and revision = ${revision}`,
  );
  return found?.head;
}

async function readHeads(db: Db, environmentIds: readonly string[]): Promise<ReadonlyMap<string, PublishedHead>> {
  const found = await rows(
    db,
    sql<PublishedHead & { environmentId: string }>`
      select p.environment_id as "environmentId", p.epoch, p.revision, h.head as text
      from publications p join heads h using (environment_id, epoch, revision)
      where p.environment_id = any (${environmentIds}::uuid[])`,
  );
  return new Map(found.map(({ environmentId, ...head }) => [environmentId, head]));
}

async function readWithholding(db: Db): Promise<ReadonlySet<string>> {
  const found = await rows(
    db,
    sql<{ environmentId: string }>`select distinct environment_id as "environmentId" from withheld`,
  );
  return new Set(found.map(({ environmentId }) => environmentId));
}

/** What is withheld at a publication. */
export async function readWithheld(
  db: Db,
  changes: Changes,
  environmentId: string,
  revision: number,
): Promise<Withheld> {
  const found = await rows(
    db,
    sql<
      Pick<WithheldEntity, 'problem' | 'confirmations'> & { kind: EntityKind; key: string; since: number }
    >`select kind, key, since, problem, confirmations from withheld where environment_id = ${environmentId}::uuid`,
  );
  if (found.length === 0) return NOTHING_WITHHELD;
  const after = Math.min(...found.map(({ since }) => since)) - 1;
  const newest = new Map(
    (await changes.versionsBetween(environmentId, after, revision)).map((version) => [nameOf(version), version]),
  );
  return new Map(
    found.flatMap(({ since, problem, confirmations, ...named }) => {
      const version = newest.get(nameOf(named));
      return version === undefined ? [] : [[nameOf(named), { version, since, problem, confirmations }] as const];
    }),
  );
}

/**
 * Remembers what is on the bus, and what was withheld from it. Two publishers may remember the same: the heads are equal,
 * and the newest place wins; what a publisher that died has sent before the epoch was raised changes nothing after it.
 */
async function remember(
  db: Db,
  environmentId: string,
  blocks: readonly GateBlock[],
  withheld: Withheld,
  at: string,
): Promise<void> {
  const last = blocks.at(-1)?.publication;
  if (last === undefined) return;
  const heads = sql`insert into heads (environment_id, epoch, revision, head, hash, published_at)
      select ${environmentId}::uuid, epoch, revision, head, hash, ${at}
      from unnest(${blocks.map((b) => b.publication.epoch)}::bigint[], ${blocks.map((b) => b.publication.revision)}::bigint[],
        ${blocks.map((b) => b.head)}::text[], ${blocks.map((b) => b.publication.hash)}::text[]) as made (epoch, revision, head, hash)
      on conflict do nothing`;
  const publication = sql`insert into publications (environment_id, epoch, revision, hash)
      values (${environmentId}::uuid, ${last.epoch}, ${last.revision}, ${last.hash})
      on conflict (environment_id) do update set epoch = excluded.epoch, revision = excluded.revision, hash = excluded.hash
      where (publications.epoch, publications.revision) < (excluded.epoch, excluded.revision) returning environment_id`;
  // One statement, while the followers read what it is about; what was withheld before goes with it.
  const remembering = sql<{ moved: number }>`with head as (${heads}), publication as (${publication}),
      passed as (delete from withheld where environment_id in (select environment_id from publication))
      select count(*)::int as moved from publication`;
  if (withheld.size === 0) await remembering.execute(db);
  else
    await db.transaction().execute(async (tx) => {
      const moved = await row(tx, remembering);
      if (moved !== undefined && moved.moved > 0) await rememberWithheld(tx, environmentId, withheld);
    });
}

async function rememberWithheld(tx: Tx, environmentId: string, withheld: Withheld): Promise<void> {
  for (const { version, since, problem, confirmations } of withheld.values())
    await sql`insert into withheld (environment_id, kind, key, since, problem, confirmations)
      values (${environmentId}::uuid, ${version.kind}, ${version.key}, ${since}, ${problem},
        ${[...confirmations]}::text[])`.execute(tx);
}
