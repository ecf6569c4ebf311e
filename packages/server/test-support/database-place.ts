/** Where one test's server keeps its content: a fresh folder, and a fresh database in it or on a PostgreSQL server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { createMoments } from '@flaghoist/client';
import { createClientAddress } from '@flaghoist/runtime/limits';
import { createRegexEngine } from '@flaghoist/client/regex';
import { createModules, type Modules } from '../src/modules.ts';
import { createInstallationSecret, type PasswordHasher } from '../src/modules/identity/index.ts';
import type { Database } from '../src/platform/database.ts';
import { openEmbedded } from '../src/platform/embedded-adapter.ts';
import { migrate, readMigrations } from '../src/platform/migrations.ts';
import { openPostgres } from '../src/platform/postgres-adapter.ts';
import { templateFolder } from '../src/platform/template.ts';

/** Both databases that a server can have; every suite that says so runs over both. */
export const DATABASE_KINDS = ['embedded database', 'PostgreSQL'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** Makes an empty database on a PostgreSQL server. */
export type MakeDatabase = () => Promise<{ readonly url: string; drop(): Promise<void> }>;

export interface DatabasePlace {
  readonly kind: DatabaseKind;
  readonly data: string;
  /** Undefined: the embedded database in `data`. */
  readonly databaseUrl: string | undefined;
  /** The database without a server. The embedded one can be open once at a time, so not while a server runs on it. */
  open(logger: Logger): Promise<Database>;
  /** Everything in it has to be stopped before. */
  remove(): Promise<void>;
}

export async function makePlace(kind: DatabaseKind, makeDatabase: MakeDatabase): Promise<DatabasePlace> {
  const data = await mkdtemp(join(tmpdir(), 'flaghoist-server-'));
  const database = kind === 'PostgreSQL' ? await makeDatabase() : null;
  return {
    kind,
    data,
    databaseUrl: database?.url,
    open: async (logger) =>
      database === null ? openEmbedded(join(data, 'db'), await templateFolder()) : openPostgres(database.url, logger),
    async remove() {
      await database?.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

export interface OpenPlace {
  readonly database: Database;
  readonly modules: Modules;
}

/** The migrated database of a place, with the modules over it and nothing that runs by itself. */
export async function openModules(
  place: DatabasePlace,
  logger: Logger,
  now: () => Date,
  hasher?: PasswordHasher,
): Promise<OpenPlace> {
  const database = await place.open(logger);
  await migrate(database, await readMigrations());
  const moment = createMoments({ now: () => now().getTime(), random: Math.random });
  const address = createClientAddress('nobody');
  const secret = createInstallationSecret('a secret for tests, long enough to be one');
  const identity = { secret, publicUrl: null, address, data: place.data, ...(hasher === undefined ? {} : { hasher }) };
  return { database, modules: createModules({ ...database, now, regex: createRegexEngine(), moment, identity }) };
}
