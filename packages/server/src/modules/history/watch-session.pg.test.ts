/** A page that is open and that nobody uses keeps no session alive. */
import type { ChangeResource, Session } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, setUpAccount } from '../../../test-support/browser.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { type EventStream, openStream } from '../../../test-support/event-stream.ts';
import { composeOn, type Hands, handsOf, type RunningServerUnderTest } from '../../../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../../../test-support/started.ts';
import { until } from '../../../test-support/until.ts';
import { type Database, row, sql } from '../../platform/database.ts';

describe.each(DATABASE_KINDS)('a watcher over the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let server: RunningServerUnderTest;
  let ada: Browser;
  let script: Hands;

  beforeAll(async () => {
    place = await placeFor(kind);
    ({ server, database } = await composeOn(place, { heartbeatMs: 100 }));
    ada = await setUpAccount(server);
    const token = await ada.expect<{ secret: string }>(201, 'POST', '/tokens', { name: 'script', role: 'admin' });
    script = handsOf(server.client, token.secret);
    await script.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  }, 60_000);
  afterAll(() => stopCleanly({ place, server }));

  const times = () =>
    row(
      database.db,
      sql<{ expiresAt: string; updatedAt: string; seenAt: string }>`select s.expires_at as "expiresAt",
        s.updated_at as "updatedAt", p.last_seen_at as "seenAt" from sessions s join people p on p.id = s.person_id`,
    );

  /** The making of the project itself may be told too: it may not have been published when the stream began. */
  const made = (stream: EventStream) =>
    (stream.dataOf('change') as readonly ChangeResource[]).filter(({ action }) => action === 'environment.create')
      .length;

  it('does not lengthen the session by which it watches, which any request does', async () => {
    const cookie = [...ada.cookies].map((pair) => pair.join('=')).join('; ');
    const stream = await openStream(server.url, '/projects/shop/watch', { cookie });
    await sql`update sessions set expires_at = expires_at - interval '1 day', updated_at = updated_at - interval '1 day'`.execute(
      database.db,
    );
    await sql`update people set last_seen_at = now() - interval '1 day'`.execute(database.db);
    const before = await times();
    // Each environment is told once the watcher has looked again what there is.
    for (const [i, key] of ['one', 'two', 'three'].entries()) {
      await script.write('POST', '/projects/shop/environments', { key });
      await until('it is told', () => made(stream) === i + 1);
    }
    expect(await times()).toEqual(before);
    await ada.expect<Session>(200, 'GET', '/session');
    const after = await times();
    expect(Date.parse(after?.expiresAt ?? '')).toBeGreaterThan(Date.parse(before?.expiresAt ?? ''));
    stream.close();
  });
});
