/** What takes much of an environment away, or doubles it, is done only when whoever asks for it says that it is meant. */
import { randomUUID } from 'node:crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../test-support/author.ts';
import { captureLog } from '../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import { startMember } from '../test-support/publishing-member.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';
import { until } from '../test-support/until.ts';
import type { Modules } from './modules.ts';
import type { Command } from './modules/changes/index.ts';
import type { Database } from './platform/database.ts';
import { EVERY_RIGHT } from './platform/rights.ts';

const FLAGS = Array.from({ length: 10 }, (_, i) => `flag-${i}`);

describe.each(DATABASE_KINDS)('a write that doubles an environment of the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  const audience = { key: 'everybody', included: Array.from({ length: 30_000 }, () => randomUUID()) };

  it('is refused with the numbers, changes nothing, and is made once it is confirmed', async () => {
    const project = await makeProject(admin, { flags: FLAGS });
    const path = `${project}/environments/production/segments`;
    const refused = await admin.send('POST', path, audience);
    expect(refused.status, refused.text).toBe(409);
    expect(JSON.parse(refused.text)).toMatchObject({
      code: 'confirmation_needed',
      detail: expect.stringMatching(/from \d+ to 1\d{6} characters.*Flaghoist-Confirm: growth/),
    });
    await admin.get(`${path}/everybody`, 404);
    const wrong = await admin.send('POST', path, audience, { confirm: 'anything' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('header.flaghoist-confirm')]);
    expect((await admin.send('POST', path, audience, { confirm: 'shrink' })).status).toBe(409);
    const made = await admin.send('POST', path, audience, { confirm: 'shrink, growth' });
    expect(made.status, made.text).toBe(201);
    await until('it is served', async () => {
      const { environments } = await admin.get<{
        environments: readonly { revision: number; edge: number; problem: string | null }[];
      }>('/status');
      return environments.every(({ revision, edge, problem }) => problem === null && revision === edge);
    });
  });

  it('is not asked about while the environment is small', async () => {
    const project = await makeProject(admin, { flags: FLAGS.slice(1) });
    expect((await admin.send('POST', `${project}/environments/production/segments`, audience)).status).toBe(201);
  });
});

describe.each(DATABASE_KINDS)('a write that takes flags away from the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let modules: Modules;
  const captured = captureLog();

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    ({ database, modules } = await openModules(place, captured.logger, () => new Date()));
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  it('is refused when it takes more than a fifth, and ends in the head when it is confirmed', async () => {
    const author = createAuthor(modules);
    const [at] = await author.project('shop', ['production']);
    if (at === undefined) throw new Error('there is no environment');
    for (const key of FLAGS) await author.flag(at, { key, type: 'boolean' });
    const { id } = at.environment;
    const remove = (keys: readonly string[], confirmations: Command['confirmations']) =>
      modules.changes.execute(
        {
          actor: { id: 'author', name: 'author' },
          rights: EVERY_RIGHT,
          action: 'test',
          reason: null,
          idempotencyKey: null,
          fingerprint: '',
          ...(confirmations === undefined ? {} : { confirmations }),
        },
        async (unit) => {
          await unit.lock([id]);
          for (const key of keys) await unit.put(id, 'flag', key, null);
          return { status: 200, body: {} };
        },
      );
    await remove(['flag-0', 'flag-1'], undefined);
    await author.flag(at, { key: 'flag-10', type: 'boolean' });
    await author.flag(at, { key: 'flag-11', type: 'boolean' });
    await expect(remove(['flag-2', 'flag-3', 'flag-4'], undefined)).rejects.toMatchObject({
      code: 'confirmation_needed',
      message: expect.stringContaining('3 of 10 flags'),
    });
    await remove(['flag-2', 'flag-3', 'flag-4'], ['shrink']);
    const member = await startMember(database, modules.changes, captured);
    const { revision = 0 } = (await modules.changes.line(id)) ?? {};
    await until('it is published', () => member.publisher.status(id).revision === revision);
    expect(member.publisher.status(id).problem).toBeNull();
    const last = (await member.log.readAfter(id, 0, 100)).find((message) => message.id === `${id}.1.${revision}`);
    expect(Buffer.from(last?.body ?? []).toString()).toContain('"confirmations":["shrink"]}');
    await member.stop();
  });
});
