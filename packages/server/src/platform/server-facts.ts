/** What a PostgreSQL server says of itself. Everybody may ask it all of this, unless an administrator took that away. */
import type pg from 'pg';
import { OperatorError } from './operator-error.ts';

export interface ServerFacts {
  /** Of the cluster: a standby has its primary's, a database that was dumped and loaded elsewhere another one. */
  readonly systemId: string;
  /** Not a standby, and not set to read only. */
  readonly takesWrites: boolean;
  /** Raised by one with each promotion. Of a standby: one that it has reached, perhaps not the newest. */
  readonly timeline: number;
  /** Bytes of the write-ahead log: of a primary what is on its disk, of a standby what can be read there. */
  readonly position: bigint;
  /** A commit there waits for a standby. */
  readonly isSynchronous: boolean;
  /** Tells two servers apart that say the same of everything else. */
  readonly startedAt: string;
  /** Of the installation's environments the highest; 0: there is none, or it cannot be seen. */
  readonly epoch: number;
}

// The last checkpoint of a promoted server may still be of the timeline before; the name of the file being written is not.
const ASK = `select system.system_identifier::text as "systemId",
  pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly",
  case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end as timeline,
  (case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0')
    else pg_current_wal_flush_lsn() end - '0/0'::pg_lsn)::text as position,
  current_setting('synchronous_standby_names') <> '' as "isSynchronous",
  pg_postmaster_start_time()::text as "startedAt"
  from pg_control_system() system`;

const FUNCTIONS =
  'pg_control_system(), pg_control_checkpoint(), pg_walfile_name(pg_lsn), pg_current_wal_lsn(), pg_current_wal_flush_lsn()';
const NOT_PERMITTED = '42501';
const NO_SUCH_TABLE = '42P01';

/** Throws OperatorError `DATABASE_GRANTS` when the user may not ask. */
export async function readFacts(client: Pick<pg.ClientBase, 'query'>): Promise<ServerFacts> {
  const asked = await client.query(ASK).catch((error: unknown) => {
    if (codeOf(error) !== NOT_PERMITTED) throw error;
    throw new OperatorError(
      'DATABASE_GRANTS',
      `This user of PostgreSQL may not ask which server it is connected to, so an old primary could not be told from the new one: ${(error as Error).message}. As a superuser, in this database: grant execute on function ${FUNCTIONS} to the user.`,
    );
  });
  const row = asked.rows[0] as Omit<ServerFacts, 'takesWrites' | 'position' | 'epoch'> & {
    readonly isStandby: boolean;
    readonly isReadOnly: boolean;
    readonly position: string;
  };
  const { isStandby, isReadOnly, position, ...facts } = row;
  const takesWrites = !isStandby && !isReadOnly;
  return { ...facts, takesWrites, position: BigInt(position), epoch: await readEpoch(client) };
}

async function readEpoch(client: Pick<pg.ClientBase, 'query'>): Promise<number> {
  try {
    const asked = await client.query('select coalesce(max(epoch), 0)::text as epoch from revision_counters');
    return Number((asked.rows[0] as { readonly epoch: string }).epoch);
  } catch (error) {
    // A new database, or one whose user sees the bus alone.
    if (codeOf(error) === NO_SUCH_TABLE || codeOf(error) === NOT_PERMITTED) return 0;
    throw error;
  }
}

/** The same server since the same start, by whatever address. */
export function isSameServer(one: ServerFacts, other: ServerFacts): boolean {
  return one.systemId === other.systemId && one.timeline === other.timeline && one.startedAt === other.startedAt;
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
