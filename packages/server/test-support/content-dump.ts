/** What a database holds, for comparing it with itself and for searching it. */
import { type Db, rows, sql } from '../src/platform/database.ts';

export interface TableDump {
  readonly table: string;
  readonly rows: number;
  /** Of all rows' texts, sorted. */
  readonly md5: string;
}

async function tablesOf(db: Db): Promise<readonly string[]> {
  const found = await rows(
    db,
    sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
  );
  return found.map(({ name }) => name);
}

/** Row count and hash of every table but the named ones. */
export async function dumpContent(db: Db, except: readonly string[] = []): Promise<readonly TableDump[]> {
  const dumps: TableDump[] = [];
  for (const table of (await tablesOf(db)).filter((name) => !except.includes(name))) {
    const [dump] = await rows(
      db,
      sql<{ rows: number; md5: string }>`select count(*) as rows,
        md5(coalesce(string_agg(t::text, E'\n' order by t::text collate "C"), '')) as md5 from ${sql.table(table)} as t`,
    );
    dumps.push({ table, rows: dump?.rows ?? 0, md5: dump?.md5 ?? '' });
  }
  return dumps;
}

/** Every row of every table as text; bytes as the text they are read as, where they are one. */
export async function dumpText(db: Db): Promise<ReadonlyMap<string, string>> {
  const dumps = new Map<string, string>();
  for (const table of await tablesOf(db)) {
    const found = await rows(db, sql<Record<string, unknown>>`select * from ${sql.table(table)}`);
    dumps.set(table, found.map((row) => Object.values(row).map(asText).join('\n')).join('\n'));
  }
  return dumps;
}

function asText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
