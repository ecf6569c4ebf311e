/**
 * Entry n of a chain has hash = sha256(hash of entry n-1 + LF + body). Whoever keeps one hash can tell whether anything
 * before it was edited, inserted, removed or swapped.
 */
import { sha256 } from '@flaghoist/runtime/crypto';
import { type Queryable, row, rows, sql, type Tx } from '../../platform/database.ts';

export interface AuditBody {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly change: string;
  readonly reason: string | null;
  readonly [detail: string]: unknown;
}

export interface StoredEntry {
  readonly number: number;
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
}

export const chainOf = {
  environment: (id: string): string => `environment:${id}`,
  project: (id: string): string => `project:${id}`,
  installation: (): string => 'installation',
} as const;

/** Appends one entry; the chain's row lock orders writers until the transaction ends. */
export async function appendEntry(tx: Tx, chain: string, body: AuditBody): Promise<void> {
  const head = (await lockHead(tx, chain)) ?? (await beginChain(tx, chain));
  const text = JSON.stringify(body);
  const number = (head?.number ?? 0) + 1;
  const previous = head?.hash ?? '';
  const hash = hashEntry(previous, text);
  await sql`with appended as (insert into audit_entries (chain, number, body, previous, hash)
      values (${chain}, ${number}, ${text}, ${previous}, ${hash}))
    update audit_chains set number = ${number}, hash = ${hash} where chain = ${chain}`.execute(tx);
}

function lockHead(tx: Tx, chain: string) {
  return row(
    tx,
    sql<{ number: number; hash: string }>`select number, hash from audit_chains where chain = ${chain} for update`,
  );
}

/** Somebody else may begin it at the same moment: one of both waits for the other here. */
async function beginChain(tx: Tx, chain: string) {
  await sql`insert into audit_chains (chain) values (${chain}) on conflict do nothing`.execute(tx);
  return lockHead(tx, chain);
}

/** Newest first, below `before`. */
export async function listEntries(
  on: Queryable,
  chain: string,
  before: number,
  limit: number,
): Promise<readonly StoredEntry[]> {
  return rows(
    on,
    sql<StoredEntry>`select number, body, previous, hash from audit_entries where chain = ${chain} and number < ${before} order by number desc limit ${limit}`,
  );
}

/** All chains at a glance. */
export interface AuditHeads {
  /** Of all chains together. They only become more. */
  readonly entries: number;
  /** When the newest of them was written, in seconds since 1970; null: there is none. */
  readonly newestSeconds: number | null;
  /** Chains whose last entry is not the one that the chain knows as its head: somebody cut them, or altered it. */
  readonly broken: number;
}

export async function readHeads(on: Queryable): Promise<AuditHeads> {
  const found = await row(
    on,
    sql<AuditHeads>`select coalesce(sum(c.number), 0)::float8 as entries,
      extract(epoch from max((e.body::json ->> 'at')::timestamptz))::float8 as "newestSeconds",
      (count(*) filter (where c.number > 0 and e.hash is distinct from c.hash))::int as broken
      from audit_chains c left join audit_entries e on e.chain = c.chain and e.number = c.number`,
  );
  return found ?? { entries: 0, newestSeconds: null, broken: 0 };
}

const SLICE = 1_000;

/** Reads the whole chain in slices and says where it first breaks. */
export async function verifyChain(on: Queryable, chain: string) {
  const end = (await row(
    on,
    sql<{ number: number; hash: string }>`select number, hash from audit_chains where chain = ${chain}`,
  )) ?? { number: 0, hash: '' };
  let number = 0;
  let hash = '';
  const broken = (at: number, problem: string) => ({
    intact: false,
    entries: number,
    head: hash,
    broken: { number: at, problem },
  });
  for (;;) {
    const slice = await rows(
      on,
      sql<StoredEntry>`select number, body, previous, hash from audit_entries where chain = ${chain} and number > ${number} and number <= ${end.number} order by number limit ${SLICE}`,
    );
    for (const entry of slice) {
      if (entry.number !== number + 1) return broken(number + 1, 'The entry is missing.');
      if (entry.previous !== hash) return broken(entry.number, 'The entry does not continue the one before it.');
      if (entry.hash !== hashEntry(entry.previous, entry.body))
        return broken(entry.number, 'The entry’s body was altered.');
      number = entry.number;
      hash = entry.hash;
    }
    if (slice.length < SLICE) break;
  }
  if (number < end.number) return broken(number + 1, 'The last entries are missing.');
  if (number === end.number && hash !== end.hash)
    return broken(number, 'The chain’s head does not match its last entry.');
  const behind = await firstBehind(on, chain);
  if (behind !== undefined) return broken(behind, 'The entry was added behind the end of the chain.');
  return { intact: true, entries: number, head: hash, broken: null };
}

/** An entry that the chain does not know. One statement, so that a chain that grows meanwhile is seen at one moment. */
async function firstBehind(on: Queryable, chain: string): Promise<number | undefined> {
  const found = await row(
    on,
    sql<{ number: number }>`select number from audit_entries where chain = ${chain}
      and number > coalesce((select number from audit_chains where chain = ${chain}), 0) order by number limit 1`,
  );
  return found?.number;
}

function hashEntry(previous: string, body: string): string {
  return sha256(`${previous}\n${body}`);
}
