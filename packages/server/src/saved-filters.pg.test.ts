/** Filters of the flag list that people keep, over both databases. */
import { randomUUID } from 'node:crypto';
import type { SavedFilter } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { ADA, openBrowser } from '../test-support/browser.ts';
import { captureLog } from '../test-support/captured-log.ts';
import {
  DATABASE_KINDS,
  type DatabasePlace,
  makePlace,
  type OpenPlace,
  openModules,
} from '../test-support/database-place.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';
import type { Command } from './modules/changes/index.ts';
import { sql } from './platform/database.ts';
import { EVERY_RIGHT } from './platform/rights.ts';

const ANN = '00000000-0000-4000-8000-000000000001';
const BOB = '00000000-0000-4000-8000-000000000002';

describe.each(DATABASE_KINDS)('saved filters over the %s', (kind) => {
  let place: DatabasePlace;
  let open: OpenPlace;
  let shop: { id: string; key: string };
  let other: { id: string; key: string };

  const command = (more: Partial<Command> = {}): Command => ({
    actor: { id: 'person', name: 'Ann' },
    rights: EVERY_RIGHT,
    action: 'filter.save',
    reason: null,
    idempotencyKey: null,
    fingerprint: '',
    ...more,
  });
  const project = async (key: string) => {
    await open.modules.projects.create(command(), { key });
    return { id: (await open.modules.projects.byKey(key))?.id ?? '', key };
  };

  beforeEach(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    open = await openModules(place, captureLog().logger, () => new Date());
    for (const [id, email] of [
      [ANN, 'ann@example.org'],
      [BOB, 'bob@example.org'],
    ])
      await sql`insert into people (id, email, name, created_at, updated_at) values (${id}::uuid, ${email}, ${email}, now(), now())`.execute(
        open.database.db,
      );
    [shop, other] = [await project('shop'), await project('other')];
  });
  afterEach(async () => {
    await open.database.close();
    await place.remove();
  });

  const filters = () => open.modules.flags.savedFilters;
  const save = async (personId: string, at: typeof shop, name: string, more: Partial<Command> = {}) =>
    (await filters().create(command(more), { personId, project: at }, { name, query: 'tag=web&sort=changed' }))
      .body as SavedFilter;
  const names = async (personId: string, at: typeof shop) =>
    (await filters().list({ personId, project: at })).map(({ name }) => name);

  it('belong to one person and one project', async () => {
    const saved = await save(ANN, shop, 'mine');
    await save(ANN, shop, 'Another');
    await save(ANN, other, 'mine');
    await save(BOB, shop, 'mine');
    expect(saved).toMatchObject({ project: 'shop', name: 'mine', query: 'tag=web&sort=changed' });
    expect(await filters().list({ personId: ANN, project: shop })).toEqual([
      expect.objectContaining({ name: 'Another' }),
      saved,
    ]);
    expect([await names(ANN, other), await names(BOB, shop), await names(BOB, other)]).toEqual([
      ['mine'],
      ['mine'],
      [],
    ]);
  });

  it('have a name once', async () => {
    await save(ANN, shop, 'mine');
    await expect(save(ANN, shop, 'mine')).rejects.toMatchObject({ code: 'already_exists' });
    expect(await names(ANN, shop)).toEqual(['mine']);
  });

  it('are removed by their owner alone', async () => {
    const { id } = await save(ANN, shop, 'mine');
    for (const [person, wrong] of [
      [BOB, id],
      [ANN, randomUUID()],
      [ANN, 'x'],
    ] as const)
      await expect(filters().remove(command(), person, wrong)).rejects.toMatchObject({ code: 'not_found' });
    expect((await filters().remove(command(), ANN, id)).body).toMatchObject({ id, name: 'mine' });
    expect(await names(ANN, shop)).toEqual([]);
  });

  it('are at most fifty for a project, however many are saved at once', async () => {
    for (let i = 0; i < 48; i++) await save(ANN, shop, `filter ${i}`);
    const more = await Promise.allSettled([1, 2, 3, 4].map((i) => save(ANN, shop, `at once ${i}`)));
    expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    for (const one of more) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'limit_reached' });
    expect(await names(ANN, shop)).toHaveLength(50);
    await save(ANN, other, 'elsewhere');
    await save(BOB, shop, 'somebody else’s');
  });

  it('are saved once by a retry, and are no part of the project’s history', async () => {
    const retry = { idempotencyKey: 'a-key-of-some-length', fingerprint: 'same' };
    const sight = { environmentIds: [], isWhole: true };
    const listed = () => open.modules.changes.list({ projectId: shop.id, sight, before: 1_000, limit: 10 });
    const history = await listed();
    expect(history.length).toBeGreaterThan(0);
    expect(await save(ANN, shop, 'mine', retry)).toEqual(await save(ANN, shop, 'mine', retry));
    expect(await names(ANN, shop)).toEqual(['mine']);
    expect(await listed()).toEqual(history);
  });
});

describe('saved filters by the API', () => {
  it('are for people: a token has none', async () => {
    const { place, server, admin } = await startOver('embedded database');
    await admin.write('POST', '/projects', { key: 'shop' });
    for (const [method, path] of [
      ['GET', '/me/filters?project=shop'],
      ['POST', '/me/filters'],
      ['POST', '/me/filters/x/remove'],
    ] as const) {
      const body = path === '/me/filters' ? { project: 'shop', name: 'mine', query: 'tag=web' } : undefined;
      expect((await admin.send(method, path, body)).status).toBe(403);
    }
    await stopCleanly({ place, server });
  });

  it('are kept by whoever is signed in, for projects that they may see', async () => {
    const { place, server, admin } = await startOver('embedded database');
    for (const key of ['shop', 'other']) await admin.write('POST', '/projects', { key });
    const grants = [{ role: 'viewer', project: 'shop', environment: null }];
    const { link } = await admin.write<{ link: string }>('POST', '/invitations', { email: ADA.email, grants });
    const ada = openBrowser(server);
    const { name, password } = ADA;
    await ada.expect(201, 'POST', '/invitations/accept', { secret: link.split('#')[1], name, password });
    const filter = { project: 'shop', name: 'Web, latest', query: 'tag=web&sort=changed' };
    const kept = await ada.expect<SavedFilter>(201, 'POST', '/me/filters', filter);
    expect(kept).toMatchObject(filter);
    expect(await ada.expect(200, 'GET', '/me/filters?project=shop')).toEqual({ items: [kept], next: null });
    await ada.expect(400, 'GET', '/me/filters?project=other');
    await ada.expect(400, 'POST', '/me/filters', { ...filter, project: 'other' });
    await ada.expect(200, 'POST', `/me/filters/${kept.id}/remove`);
    expect(await ada.expect(200, 'GET', '/me/filters?project=shop')).toEqual({ items: [], next: null });
    await stopCleanly({ place, server });
  });
});
