/**
 * The embedded default: PGlite (PostgreSQL in WebAssembly) in a folder, on a thread of its own, so that nothing else in
 * the process waits while it works. What it promises is told in docs/operations/embedded-database.md.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { type Database, sql, WRITE_DEADLINE_MS } from './database.ts';
import { byStatement, createSharedDb } from './embedded-session.ts';
import { startThread } from './embedded-wire.ts';
import { typeParsers } from './pg-settings.ts';
import { SessionLanes } from './session-lanes.ts';
import { copyTree, syncPath, syncTree } from './sync-tree.ts';

export function isEmbedded(database: Database): database is EmbeddedDatabase {
  return database.kind === 'embedded';
}

/** The longest that a close waits for the transaction that runs. */
const LAST_TRANSACTION_MS = 2_000;

export interface EmbeddedDatabase extends Database {
  readonly kind: 'embedded';
  /**
   * Runs `copy` while no statement runs and no transaction is open, after everything was written to the files: what is
   * copied then is the whole database. It waits for its turn as a report does.
   */
  whileAtRest<T>(copy: () => Promise<T>): Promise<T>;
}

const ON_THIS_DISK: Awaited<ReturnType<Database['durability']>> = {
  host: null,
  replication: 'none',
  standbys: 0,
  acknowledgement: 'on the disk of this machine',
  problem: null,
};

/**
 * Opens the database in `folder`. A folder that does not exist yet is made from `template` (a prepared database folder,
 * see build-template.ts) when that exists, else initialised, in both cases beside it and then renamed: a kill
 * in between leaves nothing half-made behind.
 *
 * `onLost` is told, once, that the database's thread ended without being closed. Whatever waits for it has been refused
 * by then, and so is everything that comes.
 */
export async function openEmbedded(
  folder: string,
  template?: string,
  onLost: (error: Error) => void = () => undefined,
  writeDeadlineMs = WRITE_DEADLINE_MS,
): Promise<EmbeddedDatabase> {
  if (!existsSync(folder)) await create(folder, template);
  const lanes = new SessionLanes();
  const thread = await startThread(folder, (error) => {
    void lanes.close(error);
    onLost(error);
  });
  const client = new pg.Client({ stream: () => thread.socket, types: typeParsers });
  // Each statement is told its own error.
  client.on('error', () => undefined);
  await client.connect();
  const db = createSharedDb(client, lanes, byStatement);
  const reports = createSharedDb(client, lanes, () => 'report');
  return {
    db,
    reports,
    standby: reports,
    kind: 'embedded',
    writeDeadlineMs,
    description: 'embedded PostgreSQL (PGlite)',
    confirmed: () => Promise.resolve(),
    durability: () => Promise.resolve(ON_THIS_DISK),
    replication: () => Promise.resolve(null),
    async listen(channel, wake) {
      const heard = (message: pg.Notification): void => {
        if (message.channel === channel) wake(message.payload ?? '');
      };
      client.on('notification', heard);
      await sql`listen ${sql.id(channel)}`.execute(db);
      return async () => void client.off('notification', heard);
    },
    async whileAtRest(copy) {
      await lanes.acquire('report');
      try {
        await client.query('checkpoint');
        return await copy();
      } finally {
        lanes.giveBack();
      }
    },
    async close() {
      await within(LAST_TRANSACTION_MS, lanes.close(new Error('Cannot use a pool after it was closed')));
      await thread.close();
    },
  };
}

async function create(folder: string, template: string | undefined): Promise<void> {
  const beside = `${folder}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  // What commits write later rests on these files: they are on disk before anything is acknowledged.
  if (template !== undefined && existsSync(template)) await copyTree(template, beside);
  else {
    await (await startThread(beside, () => undefined)).close();
    await syncTree(beside);
  }
  await rename(beside, folder);
  await syncPath(dirname(folder));
}

async function within(limitMs: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
