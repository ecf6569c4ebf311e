import { setTimeout as sleep } from 'node:timers/promises';
import type { PresenceReport } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../../../test-support/author.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, makePlace, openModules, type OpenPlace } from '../../../test-support/database-place.ts';
import { until } from '../../../test-support/until.ts';
import { row, sql } from '../../platform/database.ts';
import type { Place } from '../../platform/principal.ts';
import { EVERY_RIGHT, Rights } from '../../platform/rights.ts';
import { createPresenceHub, type OpenPage, type PresenceHub, showPresence } from './index.ts';

const ADA = { personId: '00000000-0000-4000-8000-00000000000a', name: 'Ada' };
const BOB = { personId: '00000000-0000-4000-8000-00000000000b', name: 'Bob' };
const EVE = { personId: '00000000-0000-4000-8000-00000000000e', name: 'Eve' };

describe.each(DATABASE_KINDS)('presence over the %s', (kind) => {
  let open: OpenPlace;
  let production: Place;
  let staging: Place;
  let hub: PresenceHub;
  let close: () => Promise<void>;
  let made = 0;

  beforeAll(async () => {
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const { logger } = captureLog();
    open = await openModules(place, logger, () => new Date());
    const { database, modules } = open;
    hub = createPresenceHub({
      presence: modules.presence,
      listen: (channel, wake) => database.listen(channel, wake),
      logger,
    });
    await hub.start();
    close = async () => {
      await hub.stop();
      await database.close();
      await place.remove();
    };
  });
  afterAll(() => close());
  beforeEach(async () => {
    [production, staging] = (await createAuthor(open.modules).project(`shop-${++made}`, ['production', 'staging'])) as [
      Place,
      Place,
    ];
  });

  const report = (person: typeof ADA, about: Partial<PresenceReport> = {}, rights = EVERY_RIGHT) =>
    open.modules.presence.report(person, rights, production.project.id, {
      page: `page-of-${person.name}`,
      doing: 'viewing',
      ...about,
    });
  const pages = async (): Promise<readonly OpenPage[]> =>
    (await open.modules.presence.inProjects([production.project.id])).get(production.project.id) ?? [];
  const seenBy = async (person: typeof ADA | null, rights = EVERY_RIGHT) =>
    showPresence(await pages(), { rights, personId: person?.personId ?? null }).people;
  const names = async (person: typeof ADA | null, rights = EVERY_RIGHT) =>
    (await seenBy(person, rights)).map(({ name }) => name);
  /** As if nothing had come from these pages for so long. */
  const age = (seconds: number) =>
    sql`update presence set seen_at = seen_at - make_interval(secs => ${seconds})`.execute(open.database.db);
  const onlyIn = (place: Place) =>
    new Rights([{ role: 'viewer', projectId: place.project.id, environmentId: place.environment.id }]);

  it('shows the others, with what they do where, and no more of them than id and name', async () => {
    await report(ADA, { environment: 'production', flag: 'checkout', doing: 'editing' });
    await report(BOB);
    expect(await seenBy(BOB)).toEqual([
      {
        person: ADA.personId,
        name: 'Ada',
        page: 'page-of-Ada',
        doing: 'editing',
        environment: 'production',
        flag: 'checkout',
        segment: null,
      },
    ]);
    expect(await names(ADA)).toEqual(['Bob']);
    expect(await names(EVE)).toEqual(['Ada', 'Bob']);
    expect(await names(null)).toEqual(['Ada', 'Bob']);
  });

  it('shows a page by what it said last, until it is gone', async () => {
    await report(ADA, { environment: 'production', flag: 'checkout', doing: 'editing' });
    await report(ADA, { environment: 'staging', segment: 'beta' });
    expect(await seenBy(BOB)).toMatchObject([
      { doing: 'viewing', environment: 'staging', flag: null, segment: 'beta' },
    ]);
    await report(BOB, { page: 'page-of-Ada', doing: 'gone' });
    expect(await names(BOB)).toEqual(['Ada']);
    await report(ADA, { doing: 'gone' });
    expect(await names(BOB)).toEqual([]);
  });

  it('shows pages in an environment to those only who may see it', async () => {
    await report(ADA, { environment: 'production' });
    await report(BOB, { environment: 'staging' });
    await report(EVE);
    expect(await names(null, onlyIn(production))).toEqual(['Ada', 'Eve']);
    expect(await names(null, onlyIn(staging))).toEqual(['Bob', 'Eve']);
    await expect(report(EVE, { environment: 'production' }, onlyIn(staging))).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(report(EVE, { environment: 'nowhere' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('takes a segment with its environment only, by which others may see it or not', async () => {
    await expect(report(ADA, { segment: 'beta' })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ path: '$.environment', message: expect.stringContaining('A segment belongs to an environment') }],
    });
    expect(await names(null)).toEqual([]);
    await report(ADA, { environment: 'staging', segment: 'beta' });
    expect([await names(null, onlyIn(staging)), await names(null, onlyIn(production))]).toEqual([['Ada'], []]);
  });

  it('keeps projects apart', async () => {
    await report(ADA);
    const before = production;
    [production, staging] = (await createAuthor(open.modules).project(`shop-${++made}`, ['production', 'staging'])) as [
      Place,
      Place,
    ];
    await report(BOB);
    expect(await names(null)).toEqual(['Bob']);
    production = before;
    expect(await names(null)).toEqual(['Ada']);
  });

  it('forgets after 30 s what is not said again, and removes it', async () => {
    await report(ADA);
    await age(29);
    expect(await names(BOB)).toEqual(['Ada']);
    await report(ADA);
    await age(29);
    expect(await names(BOB)).toEqual(['Ada']);
    await age(2);
    expect(await names(BOB)).toEqual([]);
    expect(await open.modules.presence.forgetOld()).toBeGreaterThan(0);
    expect(await row(open.database.db, sql`select count(*) as n from presence`)).toEqual({ n: 0 });
  });

  it('keeps 20 pages of a person: the newest', async () => {
    await report(BOB);
    for (let i = 0; i < 25; i++) await report(ADA, { page: `page-number-${i}` });
    const kept = (await pages()).filter(({ name }) => name === 'Ada').map(({ page }) => page);
    expect(kept).toHaveLength(20);
    expect(kept).toContain('page-number-24');
    expect(kept).not.toContain('page-number-4');
    expect(await names(ADA)).toEqual(['Bob']);
  });

  it('keeps one row of a page that reports from two tabs of a browser at once', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => report(ADA, { doing: i % 2 === 0 ? 'editing' : 'viewing' })),
    );
    expect(await names(BOB)).toEqual(['Ada']);
  });

  describe('a watcher', () => {
    let told: (readonly string[])[];
    let leave: () => void;

    beforeEach(() => {
      told = [];
      leave = hub.watch(production.project.id, (found) => {
        told.push(found.map(({ name, doing }) => `${name} ${doing}`));
      });
    });

    it('is told of the whole list when somebody comes, does something else or goes', async () => {
      const now = () => told.at(-1)?.join(', ');
      await report(ADA);
      await until('Ada is there', () => now() === 'Ada viewing', 2_000);
      await report(BOB);
      await report(ADA, { doing: 'editing' });
      await until('Ada edits', () => now() === 'Ada editing, Bob viewing', 2_000);
      await report(ADA, { doing: 'gone' });
      await until('Ada is gone', () => now() === 'Bob viewing', 2_000);
      leave();
    });

    it('is told of who fell silent, though nobody says so', async () => {
      await report(ADA);
      await until('Ada is there', () => told.at(-1)?.length === 1, 2_000);
      await age(31);
      await until('Ada is forgotten', () => told.at(-1)?.length === 0, 8_000);
      leave();
    });

    it('is told a few times a second, however much is reported', async () => {
      await until('the first look', () => told.length > 0, 2_000);
      const begin = told.length;
      const until1s = performance.now() + 1_000;
      let reports = 0;
      while (performance.now() < until1s) await report(ADA, { doing: reports++ % 2 === 0 ? 'editing' : 'viewing' });
      expect(reports).toBeGreaterThan(10);
      expect(told.length - begin).toBeLessThanOrEqual(6);
      await report(ADA, { flag: 'last' });
      leave();
      const after = told.length;
      await report(ADA, { doing: 'gone' });
      await sleep(600);
      expect(told).toHaveLength(after);
    });
  });
});
