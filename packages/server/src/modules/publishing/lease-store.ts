/** Leases in the database. Each question is one statement, so that a process which stops in the middle holds no lock. */
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { CHANGE_CHANNEL } from '../changes/index.ts';

/** How long a publisher that says nothing is taken to be alive. */
export const LEASE_MS = 5_000;

const LEASE = sql.lit(`${LEASE_MS} ms`);

export interface LeaseView {
  /** False: it said nothing for too long, or is not known; what it held is anybody's. */
  readonly isAlive: boolean;
  /** Other publishers that are alive. */
  readonly others: number;
  readonly own: readonly string[];
  /** Environments that others publish. */
  readonly taken: readonly string[];
}

export interface LeaseStore {
  join(publisher: string, host: string): Promise<void>;
  /** Says that the publisher is alive, and looks at who has what. */
  renew(publisher: string): Promise<LeaseView>;
  /**
   * Takes those that nobody holds who is alive. Publishers are read as they were when the statement began, so one that has
   * just come is not seen yet: leases younger than `LEASE_MS` are not taken away, whoever has them.
   */
  claim(publisher: string, environmentIds: readonly string[]): Promise<readonly string[]>;
  /** Others are told. */
  handOver(publisher: string, environmentIds: readonly string[]): Promise<void>;
  /** Hands everything over and is gone. Others are told. */
  leave(publisher: string): Promise<void>;
}

export function createLeaseStore(db: Db): LeaseStore {
  return {
    async join(publisher, host) {
      await sql`with forgotten as (delete from publishers where until < clock_timestamp() - interval '1 minute')
        insert into publishers (id, host, until)
        values (${publisher}::uuid, ${host}, clock_timestamp() + ${LEASE}::interval)`.execute(db);
    },

    async renew(publisher) {
      const found = await row(
        db,
        sql<{ renewed: number; others: number; own: string[]; taken: string[] }>`with renewed as (
          update publishers set until = clock_timestamp() + ${LEASE}::interval
          where id = ${publisher}::uuid and until > clock_timestamp() returning id
        ), alive as (
          select id from publishers where until > clock_timestamp() and id <> ${publisher}::uuid
        )
        select (select count(*)::int from renewed) as renewed, (select count(*)::int from alive) as others,
          array(select environment_id::text from publication_leases where publisher = ${publisher}::uuid) as own,
          array(select environment_id::text from publication_leases
            where publisher <> ${publisher}::uuid and (since > clock_timestamp() - ${LEASE}::interval or publisher in (select id from alive))) as taken`,
      );
      const { renewed = 0, others = 0, own = [], taken = [] } = found ?? {};
      return { isAlive: renewed > 0, others, own, taken };
    },

    async claim(publisher, environmentIds) {
      const claimed = await rows(
        db,
        sql<{ id: string }>`insert into publication_leases as held (environment_id, publisher)
          select id, ${publisher}::uuid from unnest(${[...environmentIds]}::uuid[]) as wanted (id)
          where exists (select from publishers where id = ${publisher}::uuid and until > clock_timestamp())
          order by id
          on conflict (environment_id) do update set publisher = excluded.publisher, since = excluded.since
          where held.since < clock_timestamp() - ${LEASE}::interval and not exists (
            select from publishers where id = held.publisher and until > clock_timestamp())
          returning environment_id::text as id`,
      );
      return claimed.map(({ id }) => id);
    },

    async handOver(publisher, environmentIds) {
      await sql`with given as (
          delete from publication_leases where publisher = ${publisher}::uuid
            and environment_id = any(${[...environmentIds]}::uuid[]) returning 1
        ) select pg_notify(${CHANGE_CHANNEL}, '') from (select count(*) from given) as counted`.execute(db);
    },

    async leave(publisher) {
      await sql`with gone as (delete from publishers where id = ${publisher}::uuid returning 1),
        given as (delete from publication_leases where publisher = ${publisher}::uuid returning 1)
        select pg_notify(${CHANGE_CHANNEL}, '') from (select count(*) from gone, given) as counted`.execute(db);
    },
  };
}
