import type { ChangeEdits, ChangeResource } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type OpenPlace, makePlace, openModules } from '../../../test-support/database-place.ts';
import { createAuthor } from '../../../test-support/author.ts';
import { historyOf, listAll, makeProject } from '../../../test-support/project-in-use.ts';
import { type Hands, handsOf } from '../../../test-support/running-server.ts';
import { type Started, startOver, stopCleanly } from '../../../test-support/started.ts';
import { rows, sql } from '../../platform/database.ts';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { inject } from 'vitest';

const ENVIRONMENTS = ['production', 'staging'];

interface Page {
  readonly items: readonly ChangeResource[];
  readonly next: string | null;
}

describe.each(DATABASE_KINDS)('history over the %s', (kind) => {
  let started: Started;
  let admin: Hands;

  beforeAll(async () => {
    started = await startOver(kind);
    admin = started.admin;
  });
  afterAll(() => stopCleanly(started));

  async function handsIn(project: string, environment: string, role = 'viewer'): Promise<Hands> {
    const key = project.split('/').at(-1);
    const made = { name: `${role} of ${environment}`, role, project: key, environment };
    const { secret } = await admin.write<{ secret: string }>('POST', '/tokens', made);
    return handsOf(started.server.client, secret);
  }

  const edit = (project: string, environment: string, flag: string, enabled: boolean) =>
    admin.write('PATCH', `${project}/environments/${environment}/flags/${flag}`, { enabled }, { ifMatch: '*' });

  /** Two flags and a segment, edited apart and together. */
  async function content(): Promise<string> {
    const project = await makeProject(admin, { environments: ENVIRONMENTS, flags: ['a', 'b'], segments: ['beta'] });
    await edit(project, 'production', 'a', true);
    await edit(project, 'staging', 'a', true);
    await edit(project, 'staging', 'b', true);
    const revisions = await admin.get<{ revision: number }>(`${project}/environments/production/flags/a`);
    const segment = await admin.get<{ revision: number }>(`${project}/environments/production/segments/beta`);
    await admin.write('POST', `${project}/changes`, {
      edits: [
        { environment: 'production', flag: 'a', ifMatch: revisions.revision, set: { enabled: false } },
        { environment: 'production', segment: 'beta', ifMatch: segment.revision, set: { included: ['ada'] } },
      ],
    });
    await admin.write('PATCH', project, { name: 'Renamed' }, { ifMatch: '*' });
    return project;
  }

  const entitiesOf = (changes: readonly ChangeResource[]) =>
    changes.map(({ entities }) => entities.map((one) => `${one.environment}/${one.kind}/${one.key}`));

  it('is filtered by flag, segment and environment, which must all hold, newest first', async () => {
    const project = await content();
    const found = async (query: string) => entitiesOf((await admin.get<Page>(`${project}/changes?${query}`)).items);
    const both = ['production/flag/a', 'production/segment/beta'];
    const made = ['production/flag/a', 'staging/flag/a'];
    expect(await found('flag=a')).toEqual([
      both,
      ['staging/flag/a'],
      ['production/flag/a'],
      expect.arrayContaining(made),
    ]);
    expect(await found('flag=b&environment=production')).toEqual([
      expect.arrayContaining(['production/flag/b', 'staging/flag/b']),
    ]);
    expect(await found('segment=beta')).toEqual([both, ['production/segment/beta']]);
    expect(await found('segment=beta&flag=a')).toEqual([both]);
    expect(await found('segment=beta&flag=a&environment=staging')).toEqual([]);
    expect(await found('segment=beta&flag=b')).toEqual([]);
    expect(await found('flag=nothing')).toEqual([]);
  });

  it('finds by a flag what was done to the flag itself, in its place among the others', async () => {
    const project = await content();
    const described = { name: 'Another name', tags: ['money'], owner: 'ada', description: 'Other words.' };
    await admin.write('PATCH', `${project}/flags/a`, described, { ifMatch: '*' });
    await edit(project, 'production', 'a', true);
    await admin.write('PATCH', `${project}/flags/b`, { name: 'Not this one' }, { ifMatch: '*' });
    await admin.write('PATCH', `${project}/flags/a`, { tags: [] }, { ifMatch: '*' });
    const found = (query: string, hands = admin) => listAll<ChangeResource>(hands, `${project}/changes?${query}`);
    const [untagged, edited, renamed, ...others] = await found('flag=a');
    expect([untagged, edited, renamed].map((one) => [one?.action, one?.entityCount])).toEqual([
      ['flag.describe', 0],
      ['flag.edit', 1],
      ['flag.describe', 0],
    ]);
    expect(others).toHaveLength(4);
    expect(await listAll(admin, `${project}/changes?flag=a`, 1)).toEqual(await found('flag=a'));
    for (const query of ['flag=a&environment=production', 'flag=a&segment=beta'])
      expect((await found(query)).every(({ entityCount }) => entityCount > 0)).toBe(true);
    const inProduction = await found('flag=a', await handsIn(project, 'production'));
    expect(inProduction.every(({ revisions }) => revisions.length > 0)).toBe(true);
    const bare = await makeProject(admin, { environments: [], flags: ['lonely'] });
    expect(await listAll(admin, `${bare}/changes?flag=lonely`)).toHaveLength(1);
  });

  it('has the same changes in the same order in pages of any length, whatever the filter', async () => {
    const project = await content();
    for (const query of ['', '?flag=a', '?segment=beta', '?environment=staging', '?flag=a&environment=production']) {
      const whole = await listAll<ChangeResource>(admin, `${project}/changes${query}`);
      expect(whole.length).toBeGreaterThan(1);
      for (const limit of [1, 2]) expect(await listAll(admin, `${project}/changes${query}`, limit)).toEqual(whole);
    }
  });

  it('shows to whoever sees one environment its part of each change, and no change without one', async () => {
    const project = await content();
    const staging = await handsIn(project, 'staging');
    const seen = await historyOf(staging, project);
    const all = await historyOf(admin, project);
    expect(all.some(({ revisions }) => revisions.length === 0)).toBe(true);
    expect(seen.map(({ id }) => id)).toEqual(
      all.filter(({ revisions }) => revisions.some((one) => one.environment === 'staging')).map(({ id }) => id),
    );
    for (const { revisions, entities, entityCount } of seen) {
      expect([...revisions, ...entities].every(({ environment }) => environment === 'staging')).toBe(true);
      expect(entityCount).toBe(entities.length);
    }
    const hidden = all.filter(({ id }) => !seen.some((one) => one.id === id));
    expect(hidden.length).toBeGreaterThan(2);
    for (const { id } of hidden) {
      await staging.get(`${project}/changes/${id}`, 404);
      await staging.get(`${project}/changes/${id}/edits`, 404);
    }
    await staging.get(`${project}/changes?environment=production`, 400);
    expect(entitiesOf((await staging.get<Page>(`${project}/changes?flag=a`)).items)).toEqual([
      ['staging/flag/a'],
      ['staging/flag/a'],
    ]);
    expect((await staging.get<Page>(`${project}/changes?segment=beta`)).items).toEqual([]);
  });

  it('tells of each entity what it was before and after, as far as it may be seen', async () => {
    const project = await content();
    const [, both] = await historyOf(admin, project);
    const { items, more } = await admin.get<ChangeEdits>(`${project}/changes/${both?.id}/edits`);
    expect(more).toBe(false);
    expect(items).toEqual([
      {
        environment: 'production',
        kind: 'flag',
        key: 'a',
        epoch: 1,
        revision: 6,
        before: expect.objectContaining({ key: 'a', enabled: true }) as unknown,
        after: expect.objectContaining({ key: 'a', enabled: false }) as unknown,
        revertible: true,
      },
      {
        environment: 'production',
        kind: 'segment',
        key: 'beta',
        epoch: 1,
        revision: 6,
        before: { key: 'beta' },
        after: { key: 'beta', included: ['ada'] },
        revertible: true,
      },
    ]);
    const creation = (await historyOf(admin, project)).find(({ action }) => action === 'flag.create');
    const part = await (await handsIn(project, 'staging')).get<ChangeEdits>(`${project}/changes/${creation?.id}/edits`);
    expect(part.items).toEqual([
      expect.objectContaining({ environment: 'staging', key: 'b', before: null, revertible: false }),
    ]);
  });

  it('names at most 50 entities of a change in a list and 200 edits, and says how many there are', async () => {
    const keys = Array.from({ length: 23 }, (_, i) => `flag-${i}`);
    const environments = Array.from({ length: 10 }, (_, i) => `environment-${i}`);
    const project = await makeProject(admin, { environments, flags: keys });
    const edits = environments.flatMap((environment) =>
      keys.map((flag, i) => ({ environment, flag, ifMatch: i + 2, set: { enabled: true } })),
    );
    const { id } = await admin.write<{ id: string }>('POST', `${project}/changes`, { edits });
    const [listed] = await historyOf(admin, project);
    expect([listed?.id, listed?.entities.length, listed?.entityCount]).toEqual([id, 50, 230]);
    const alone = await admin.get<ChangeResource>(`${project}/changes/${id}`);
    expect([alone.entities.length, alone.entityCount]).toEqual([230, 230]);
    const found = await admin.get<ChangeEdits>(`${project}/changes/${id}/edits`);
    expect([found.items.length, found.more]).toEqual([200, true]);
  });

  it('answers no more texts than a browser can hold, and at least one', async () => {
    const segments = ['one', 'two', 'three'];
    const project = await makeProject(admin, { segments });
    const included = Array.from({ length: 60_000 }, (_, i) => `user-${i}-${'x'.repeat(50)}`);
    const edits = segments.map((segment, i) => ({
      environment: 'production',
      segment,
      ifMatch: i + 2,
      set: { included: segment === 'one' ? included : included.slice(0, 30_000) },
    }));
    // One request holds at most 5 MiB.
    for (const one of edits) await admin.write('POST', `${project}/changes`, { edits: [one] });
    const current = await Promise.all(
      segments.map((key) => admin.get<{ revision: number }>(`${project}/environments/production/segments/${key}`)),
    );
    const { id } = await admin.write<{ id: string }>('POST', `${project}/changes`, {
      edits: segments.map((segment, i) => ({
        environment: 'production',
        segment,
        ifMatch: current[i]?.revision,
        set: { excluded: ['bob'] },
      })),
    });
    const found = await admin.get<ChangeEdits>(`${project}/changes/${id}/edits`);
    expect(found.more).toBe(true);
    expect(found.items.length).toBeGreaterThan(0);
    expect(found.items.length).toBeLessThan(3);
  });

  it('says who made a change by a name and by an id that stays', async () => {
    const project = await makeProject(admin, { flags: ['a'] });
    const [change] = await historyOf(admin, project);
    expect(change).toMatchObject({ author: 'first admin', reverts: null, revertedBy: null });
    expect(change?.authorId).toMatch(/^token:\w+$/);
  });
});

describe.each(DATABASE_KINDS)('a long history over the %s', (kind) => {
  const CHANGES = 100_000;
  /** Generous: each takes a few milliseconds on an idle machine. */
  const MOST_MS = 1_000;
  let open: OpenPlace;
  let close: () => Promise<void>;
  let environmentIds: readonly string[];
  let projectId: string;

  beforeAll(async () => {
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    open = await openModules(place, captureLog().logger, () => new Date());
    const { db } = open.database;
    const at = await createAuthor(open.modules).project('shop', ['production', 'staging']);
    projectId = at[0]?.project.id ?? '';
    environmentIds = at.map(({ environment }) => environment.id);
    // Every thousandth change touches staging, every tenth one the flag that is looked for, one of them staging’s.
    await sql`insert into changes (id, project_id, action, state, author, at)
      select gen_random_uuid(), ${projectId}::uuid, 'flag.edit', 'applied', 'n' || n, now() from generate_series(1, ${CHANGES}::int) as n order by n`.execute(
      db,
    );
    await sql`insert into revisions (environment_id, revision, epoch, change_id, at)
      select ${environmentIds[0]}::uuid, 1 + substr(author, 2)::int, 1, id, at from changes where author like 'n%' order by number`.execute(
      db,
    );
    await sql`insert into revisions (environment_id, revision, epoch, change_id, at)
      select ${environmentIds[1]}::uuid, 1 + substr(author, 2)::int / 1000, 1, id, at from changes
      where author like 'n%000' order by number`.execute(db);
    await sql`insert into entity_versions (environment_id, kind, key, revision, json, sha256)
      select environment_id, 'flag', case when revision % 10 = 0 then 'checkout' else 'other-' || revision % 100 end, revision, '{}', 'x'
      from revisions where revision > 1`.execute(db);
    await sql`analyze changes, revisions, entity_versions`.execute(db);
    close = async () => {
      await open.database.close();
      await place.remove();
    };
  }, 120_000);
  afterAll(() => close());

  it.each([
    ['all of it', {}],
    ['an environment that is seldom touched', { environment: 1 }],
    ['a flag', { flag: 'checkout' }],
    ['a flag in an environment', { flag: 'checkout', environment: 0 }],
    ['a flag that nothing touched', { flag: 'nothing' }],
    ['a flag together with a segment', { flag: 'checkout', segment: 'beta' }],
  ])(
    'is read quickly at its end, its middle and its beginning: %s',
    async (_, { environment, ...rest }: { environment?: number; flag?: string; segment?: string }) => {
      const numbers = await rows(
        open.database.db,
        sql<{
          last: number;
          first: number;
        }>`select max(number) as last, min(number) as first from changes where author like 'n%'`,
      );
      const { last, first } = numbers[0] ?? { last: 0, first: 0 };
      for (const isWhole of [true, false])
        for (const before of [Number.MAX_SAFE_INTEGER, Math.round((first + last) / 2), first + 3_000]) {
          const filter = {
            projectId,
            sight: { environmentIds, isWhole },
            ...rest,
            ...(environment === undefined ? {} : { environmentId: environmentIds[environment] }),
            before,
            limit: 101,
          };
          const times: number[] = [];
          let found: readonly { readonly number: number }[] = [];
          for (let i = 0; i < 3; i++) {
            const begin = performance.now();
            found = await open.modules.changes.list(filter);
            times.push(performance.now() - begin);
          }
          expect(Math.min(...times)).toBeLessThan(MOST_MS);
          const isEmpty = rest.flag === 'nothing' || rest.segment !== undefined;
          expect(found.length > 0).toBe(!isEmpty);
          expect(found.every(({ number }) => number < before)).toBe(true);
          expect(found.map(({ number }) => number)).toEqual(found.map(({ number }) => number).sort((a, b) => b - a));
        }
    },
  );
});
