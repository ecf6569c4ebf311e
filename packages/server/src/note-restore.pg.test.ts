/** A database that was put back says so in the history of every project, and in every audit chain. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../test-support/author.ts';
import { captureLog } from '../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../test-support/database-place.ts';
import { chainOf, listEntries, verifyChain } from './modules/audit/index.ts';
import type { Modules } from './modules.ts';
import type { Database } from './platform/database.ts';
import type { Place } from './platform/principal.ts';
import { Rights } from './platform/rights.ts';
import { raiseEpochOf } from './raise-epoch.ts';

const AT = '2030-01-31T10:00:00.000Z';
const EPOCH = Date.parse(AT) / 1_000;
const now = (): Date => new Date(AT);
const BACKUP = { name: '2030-01-31T09-00-00Z', at: '2030-01-31T09:00:00.000Z' };

describe.each(DATABASE_KINDS)('a restore over the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let modules: Modules;
  let shop: Place;
  let blog: Place;

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    ({ database, modules } = await openModules(place, captureLog().logger, () => new Date('2029-12-31')));
    const author = createAuthor(modules);
    [shop] = (await author.project('shop', ['production', 'staging'])) as [Place];
    [blog] = (await author.project('blog', ['production'])) as [Place];
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  /** As whoever may see all of it reads it. */
  async function newestOf({ project }: Place) {
    const { history } = modules;
    const all = new Rights([{ role: 'viewer', projectId: null, environmentId: null }]);
    const view = await history.viewOf(project, all);
    const [newest] = await history.list(view, { before: Number.MAX_SAFE_INTEGER, limit: 1 });
    return newest === undefined ? undefined : history.show(view, newest);
  }
  async function lastEntry(chain: string) {
    expect(await verifyChain(database.db, chain)).toMatchObject({ intact: true });
    const [last] = await listEntries(database.db, chain, Number.MAX_SAFE_INTEGER, 1);
    return JSON.parse(last?.body ?? '{}') as object;
  }

  it('of a backup is the newest change of every project, with the backup and the epoch', async () => {
    expect(await raiseEpochOf(database, now, BACKUP)).toBe(EPOCH);
    for (const project of [shop, blog]) {
      expect(await newestOf(project)).toMatchObject({
        action: 'database.restore',
        author: 'flaghoist restore',
        at: AT,
        reason: `Restored from the backup ${BACKUP.name} of ${BACKUP.at}; what was changed after it is gone. Every environment goes on in epoch ${EPOCH}.`,
        revisions: [],
      });
    }
  });

  it('is in the audit chain of each environment and project, and of the installation', async () => {
    const entry = { action: 'database.restore', epoch: EPOCH, restored: BACKUP };
    for (const chain of [
      chainOf.installation(),
      chainOf.project(blog.project.id),
      chainOf.environment(shop.environment.id),
    ])
      expect(await lastEntry(chain)).toMatchObject(entry);
  });

  it('by other means is told when the epoch is raised, and takes no revision', async () => {
    const before = await modules.changes.line(shop.environment.id);
    expect(await raiseEpochOf(database, now, null)).toBe(EPOCH + 1);
    expect(await newestOf(shop)).toMatchObject({
      action: 'epoch.raise',
      reason: expect.stringContaining(`Every environment goes on in epoch ${EPOCH + 1}.`),
    });
    expect(await modules.changes.line(shop.environment.id)).toEqual({ ...before, epoch: EPOCH + 1 });
  });
});
