/** What it means that a change was acknowledged: where it lies by then, as the settings of PostgreSQL say. */
import type { Status } from '@flaghoist/protocol/management';
import { type Db, type Replication, row, sql } from './database.ts';

export type Durability = Status['durability'];

export interface ReplicationSettings {
  /** `synchronous_commit` of this user's sessions. */
  readonly commit: string;
  /** `synchronous_standby_names`. */
  readonly names: string;
  /** Standbys that are connected. */
  readonly standbys: number;
  /** Of this user's sessions those that wait for a standby. */
  readonly waiting: number;
}

/** Everybody may ask this; of other users' sessions it only says that there are some. */
const ASK = sql<ReplicationSettings>`select current_setting('synchronous_commit') as commit,
  current_setting('synchronous_standby_names') as names,
  (select count(*)::int from pg_stat_replication) as standbys,
  (select count(*)::int from pg_stat_activity where wait_event = 'SyncRep') as waiting`;

export async function readReplication(db: Db): Promise<ReplicationSettings> {
  const found = await row(db, ASK);
  if (found === undefined) throw new Error('PostgreSQL did not say how it replicates');
  return found;
}

/** `host`: the one that takes writes. `problem`: another one that does too. Pure. */
export function describeDurability(settings: ReplicationSettings, host: string, problem: string | null): Durability {
  const { names, commit, standbys, waiting } = settings;
  const isSync = isSynchronous(settings);
  const held = waiting === 0 ? null : waitingProblem(waiting, standbys, names);
  const problems = [problem, held].filter((one) => one !== null);
  return {
    host,
    replication: isSync ? 'sync' : standbys > 0 ? 'async' : 'none',
    standbys,
    acknowledgement: isSync ? synchronous(commit, names) : alone(commit, standbys),
    problem: problems.length === 0 ? null : problems.join('; '),
  };
}

/** `seen`: by this process, which asks each host for itself. Pure. */
export function describeReplication(
  settings: ReplicationSettings,
  seen: Pick<Replication, 'timeline' | 'lagBytes' | 'hasRival'>,
): Replication {
  const { standbys, waiting } = settings;
  return { ...seen, standbys, waiting, isSynchronous: isSynchronous(settings) };
}

function isSynchronous({ names, commit }: ReplicationSettings): boolean {
  return names !== '' && commit !== 'local' && commit !== 'off';
}

function alone(commit: string, standbys: number): string {
  const place = commit === 'off' ? 'not on any disk yet: a power cut loses it' : 'on the disk of the primary';
  return standbys === 0 ? place : `${place}; standbys are not waited for: a failover loses what they do not have yet`;
}

const AT_STANDBY: Readonly<Record<string, string>> = {
  remote_write: 'written, not synced, by',
  remote_apply: 'on the disks of, and visible at,',
};

function synchronous(commit: string, names: string): string {
  const count = countOf(names);
  const which = `${count} ${count === 1 ? 'standby' : 'standbys'} (${names})`;
  return `on the disk of the primary, and ${AT_STANDBY[commit] ?? 'on the disks of'} ${which}`;
}

/** `FIRST 2 (a, b, c)`, `ANY 2 (...)`, `2 (...)`: how many are waited for; a plain list means one. */
function countOf(names: string): number {
  return Number(/^\s*(?:(?:first|any)\s+)?(\d+)\s*\(/i.exec(names)?.[1] ?? '1');
}

function waitingProblem(waiting: number, standbys: number, names: string): string {
  const changes = waiting === 1 ? 'a write waits' : `${waiting} writes wait`;
  return `${changes} for a synchronous standby (${names}; ${standbys} connected): bring it back, or take it out of synchronous_standby_names. Nothing may cancel that wait`;
}
