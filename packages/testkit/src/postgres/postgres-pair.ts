/** A primary and a standby that streams from it, and copies of a server at one moment. */
import { randomBytes } from 'node:crypto';
import { makePlace, type PostgresServer, runProgram, serveFilled, startPostgresServer } from './postgres-server.ts';
import { queryOnce } from './connection.ts';

export interface PostgresPair {
  /** Which of them takes writes now is for the test to know: `promote` and `kill` change it. */
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** Address of a database with both hosts, the first primary before the standby. */
  url(database?: string): string;
  /** Ends both. */
  stop(): Promise<void>;
}

/** The name by which a primary knows this standby in `synchronous_standby_names`. */
export const STANDBY_NAME = 'standby';

/** Resolves when the standby streams; three to five seconds. `parent`: the folder of the primary's own, e.g. a disk. */
export async function startPostgresPair(
  settings: Readonly<Record<string, string>> = {},
  parent?: string,
): Promise<PostgresPair> {
  const primary = await startPostgresServer({
    settings: { wal_log_hints: 'on', ...settings },
    ...(parent === undefined ? {} : { parent }),
  });
  try {
    const standby = await startStandby(primary, settings);
    return {
      primary,
      standby,
      url: (database = 'postgres') =>
        `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/${database}`,
      async stop() {
        await Promise.all([standby.stop(), primary.stop()]);
      },
    };
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

export function startStandby(
  of: PostgresServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const slot = `standby_${randomBytes(4).toString('hex')}`;
  return startCopy(of, ['-R', '-C', '-S', slot], { cluster_name: STANDBY_NAME, ...settings });
}

/** A server of its own with what `of` holds now: what a backup would bring back, on the same timeline. */
export function startBackupOf(of: PostgresServer): Promise<PostgresServer> {
  return startCopy(of, [], {});
}

async function startCopy(
  of: PostgresServer,
  options: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<PostgresServer> {
  const place = await makePlace();
  const from = ['-h', '127.0.0.1', '-p', String(of.port), '-U', 'postgres', '-D', place.data];
  return serveFilled(place, { settings }, () =>
    runProgram(place, 'pg_basebackup', [...from, '-X', 'stream', '--no-sync', '--checkpoint=fast', ...options]),
  );
}

/** Makes commits wait for the standby, as `synchronous_standby_names` says; empty: for none. Resolves when that is in force. */
export async function setSynchronousStandbys(server: PostgresServer, names: string): Promise<void> {
  await queryOnce(server.url, `alter system set synchronous_standby_names = '${names}'`);
  await queryOnce(server.url, 'select pg_reload_conf()');
  const deadline = Date.now() + 30_000;
  // A synchronous standby is one once the server has taken notice of both.
  const ask = `select current_setting('synchronous_standby_names') = '${names}' and ('${names}' = '' or exists (
    select from pg_stat_replication where state = 'streaming' and sync_state in ('sync', 'quorum'))) as done`;
  while ((await queryOnce(server.url, ask))[0]?.['done'] !== true) {
    if (Date.now() > deadline) throw new Error(`${names} was not in force within 30 s`);
  }
}
