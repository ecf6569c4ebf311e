import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import { KEY_USAGE_QUEUE } from '@flaghoist/protocol/keys';
import type { SdkKey } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../../../test-support/author.ts';
import { type CapturedLog, captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../../../test-support/database-place.ts';
import { makeProject } from '../../../test-support/project-in-use.ts';
import { handsOf, startOn } from '../../../test-support/running-server.ts';
import { startOver, stopCleanly } from '../../../test-support/started.ts';
import { until } from '../../../test-support/until.ts';
import { type Database, rows, sql } from '../../platform/database.ts';
import type { QueueWorker } from '../../platform/queue-worker.ts';
import { createUsageFolder } from './index.ts';

const NOW = new Date('2026-11-20T12:34:56Z');
const MINUTE = Math.floor(NOW.getTime() / 60_000);
const at = (minute: number): string => new Date(minute * 60_000).toISOString();

describe.each(DATABASE_KINDS)('the fold of the use of keys over the %s', (kind) => {
  let captured: CapturedLog;
  let place: DatabasePlace;
  let database: Database;
  let bus: PostgresBus;
  let folder: QueueWorker;
  let keys: readonly string[];
  let pushed = 0;

  beforeAll(async () => {
    captured = captureLog();
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const opened = await openModules(place, captured.logger, () => NOW);
    database = opened.database;
    bus = createPostgresBus({
      db: database.db,
      listen: (channel, wake) => database.listen(channel, wake),
      logger: captured.logger,
    });
    folder = createUsageFolder({ db: database.db, queue: bus.queue, logger: captured.logger, now: () => NOW });
    const author = createAuthor(opened.modules);
    const [production] = await author.project('shop', ['production']);
    if (production === undefined) throw new Error('no environment was made');
    keys = [await author.key([production], 'server'), await author.key([production], 'server')];
  });
  afterAll(async () => {
    await bus.stop();
    await database.close();
    await place.remove();
  });

  async function deliver(...items: readonly unknown[]): Promise<void> {
    await bus.queue.push(
      KEY_USAGE_QUEUE,
      items.map((item) => ({ id: `item-${(pushed += 1)}`, body: Buffer.from(JSON.stringify(item)) })),
    );
    await folder.run();
    expect(await bus.queue.depth(KEY_USAGE_QUEUE)).toBe(0);
  }

  const known = async () =>
    new Map(
      (
        await rows(database.db, sql<{ id: string; at: string }>`select key_id as id, last_used_at as at from key_usage`)
      ).map((use) => [use.id, use.at]),
    );

  it('keeps the latest minute of each key, in whatever order and however often it is told', async () => {
    const [ada = '', bob = ''] = keys;
    const early = { keys: [[ada, MINUTE - 10]] };
    const late = {
      keys: [
        [bob, MINUTE - 7],
        [ada, MINUTE - 5],
      ],
    };
    await deliver(late, early, { keys: [[bob, MINUTE - 9]] });
    const expected = new Map([
      [ada, at(MINUTE - 5)],
      [bob, at(MINUTE - 7)],
    ]);
    expect(await known()).toEqual(expected);
    await deliver(early, late);
    await deliver(early);
    expect(await known()).toEqual(expected);
    await deliver({ keys: [[ada, MINUTE - 1]] });
    expect((await known()).get(ada)).toBe(at(MINUTE - 1));
  });

  it('knows no use in the future, and none of a key that is not there', async () => {
    const [ada = ''] = keys;
    const before = await known();
    await deliver({
      keys: [
        [ada, MINUTE + 1_000_000],
        ['nosuchkey1', MINUTE],
      ],
    });
    expect(await known()).toEqual(new Map([...before, [ada, NOW.toISOString()]]));
  });

  it('is not stopped by what it cannot read', async () => {
    const [, bob = ''] = keys;
    await deliver({ keys: 'all' }, { keys: [[bob, MINUTE]] });
    expect((await known()).get(bob)).toBe(at(MINUTE));
    expect(captured.errors()).toHaveLength(1);
  });
});

describe.each(DATABASE_KINDS)('the last use of a key over the %s', (kind) => {
  it('is shown in the list of keys, and is not lost when the server stops before it was handed on', async () => {
    const { admin, server, place } = await startOver(kind);
    const project = await makeProject(admin, { flags: ['checkout'] });
    const make = (name: string) =>
      admin.write<SdkKey & { secret: string }>('POST', `${project}/keys`, {
        kind: 'server',
        name,
        environments: ['production'],
      });
    const [used, unused] = [await make('used'), await make('unused')];
    expect(used.lastUsedAt).toBeNull();
    const begun = Math.floor(Date.now() / 60_000) * 60_000;
    const path = '/ofrep/v1/evaluate/flags/checkout';
    await until('the key is known', async () => {
      const { status } = await server.client.send({ method: 'POST', path, token: used.secret, body: {} });
      return status === 200;
    });
    expect(server.log.errors()).toEqual([]);
    await server.stop();

    const again = await startOn(place);
    const hands = handsOf(again.client, admin.token);
    const lastUse = async (id: string) =>
      (await hands.get<{ items: readonly SdkKey[] }>(`${project}/keys`)).items.find((key) => key.id === id)?.lastUsedAt;
    await until('its use is shown', async () => (await lastUse(used.id)) != null);
    const shown = Date.parse((await lastUse(used.id)) ?? '');
    expect(shown).toBeGreaterThanOrEqual(begun);
    expect(shown).toBeLessThanOrEqual(Date.now());
    expect(await lastUse(unused.id)).toBeNull();
    await stopCleanly({ place, server: again });
  });
});
