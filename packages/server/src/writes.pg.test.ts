/** What a write does, and what it leaves alone. */
import type {
  ChangeResource,
  Environment,
  Flag,
  FlagConfigurationResource,
  SegmentResource,
} from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus } from '../test-support/api-client.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { auditOf, historyOf, makeProject } from '../test-support/project-in-use.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

describe.each(DATABASE_KINDS)('a write over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  it.each([
    ['project', '', { name: 'One' }, { name: 'Two' }],
    ['environment', '/environments/production', { name: 'One' }, { name: 'Two' }],
    ['flag', '/flags/checkout', { name: 'One' }, { description: 'Two' }],
    ['flag configuration', '/environments/production/flags/checkout', { enabled: true }, { enabled: false }],
    ['segment', '/environments/production/segments/beta', { included: ['ada'] }, { included: ['eve'] }],
  ])('edits a %s only at the version that was read', async (_, path, first, second) => {
    const project = `${await makeProject(admin, { flags: ['checkout'], segments: ['beta'] })}${path}`;
    const read = await admin.send('GET', project);
    const etag = String(read.headers.etag);
    expect(etag).toMatch(/^"\d+"$/);

    const edited = await admin.send('PATCH', project, first, { ifMatch: etag });
    const body = expectStatus<object>(edited, 200);
    expect(body).toMatchObject(first);
    expect(edited.headers.etag).not.toBe(etag);

    const late = await admin.send('PATCH', project, second, { ifMatch: etag });
    expect([late.status, late.headers.etag]).toEqual([412, edited.headers.etag]);
    const unguarded = await admin.send('PATCH', project, second);
    expect([unguarded.status, unguarded.headers.etag]).toEqual([428, edited.headers.etag]);
    const again = await admin.send('GET', project);
    expect([again.headers.etag, JSON.parse(again.text)]).toEqual([edited.headers.etag, body]);

    const either = await admin.send('PATCH', project, second, { ifMatch: `${etag}, ${String(edited.headers.etag)}` });
    expect(expectStatus<object>(either, 200)).toMatchObject(second);
    expect(await admin.write('PATCH', project, first, { ifMatch: '*' })).toMatchObject(first);
  });

  it('says which change it was and which revision each environment has now', async () => {
    const project = await makeProject(admin, { environments: ['production', 'staging', 'qa'] });
    const answer = await admin.send(
      'POST',
      `${project}/flags`,
      { key: 'checkout', type: 'boolean' },
      { reason: 'Zürich — ☃' },
    );
    expect(answer.headers['flaghoist-revision']).toBe('production=1.2, qa=1.2, staging=1.2');
    expect(answer.headers.location).toBe(`/api/v1${project}/flags/checkout`);
    const change = await admin.get<ChangeResource>(`${project}/changes/${String(answer.headers['flaghoist-change'])}`);
    expect(change).toMatchObject({
      action: 'flag.create',
      state: 'applied',
      author: 'first admin',
      reason: 'Zürich — ☃',
    });
    expect(change.entities.map(({ environment }) => environment).sort()).toEqual(['production', 'qa', 'staging']);
    for (const entity of change.entities)
      expect(entity).toMatchObject({ kind: 'flag', key: 'checkout', deleted: false });
    for (const { environment, epoch, revision } of change.revisions) {
      expect([epoch, revision]).toEqual([1, 2]);
      expect(await admin.get<Environment>(`${project}/environments/${environment}`)).toMatchObject({ epoch, revision });
    }
  });

  it('makes one change, one revision and one audit entry in each of three environments', async () => {
    const environments = ['production', 'staging', 'qa'];
    const project = await makeProject(admin, { environments, flags: ['checkout', 'search'] });
    const before = await historyOf(admin, project);
    const edits = environments.flatMap((environment) => [
      { environment, flag: 'checkout', ifMatch: 2, set: { enabled: true } },
      { environment, flag: 'search', ifMatch: 3, set: { enabled: true } },
    ]);
    const made = await admin.write<ChangeResource>('POST', `${project}/changes`, { edits }, { reason: 'launch' });
    expect((await historyOf(admin, project)).length).toBe(before.length + 1);
    const kept = await admin.get<ChangeResource>(`${project}/changes/${made.id}`);
    const sorted = (change: ChangeResource) => ({
      ...change,
      revisions: change.revisions.map((one) => JSON.stringify(one)).sort(),
      entities: change.entities.map((one) => JSON.stringify(one)).sort(),
    });
    expect(sorted(made)).toEqual(sorted(kept));
    expect(kept.revisions.map(({ revision }) => revision)).toEqual([4, 4, 4]);
    for (const environment of environments) {
      const entries = await auditOf(admin, `${project}/environments/${environment}`);
      const [newest, older] = entries;
      expect(newest?.body).toMatchObject({ change: made.id, revision: 4, reason: 'launch', actor: 'first admin' });
      expect(newest?.body['entities']).toHaveLength(2);
      expect(older?.body['change']).not.toBe(made.id);
      expect(entries.length).toBe(4);
    }
  });

  it.each([
    ['is made on an old version', { environment: 'qa', flag: 'checkout', ifMatch: 1, set: { enabled: true } }, 412],
    ['names a flag that is not there', { environment: 'qa', flag: 'nothing', ifMatch: 2, set: { enabled: true } }, 404],
    ['is not valid', { environment: 'qa', flag: 'checkout', ifMatch: 2, set: { offVariant: 'nothing' } }, 400],
  ])('does nothing at all when one edit of several %s', async (_, bad, status) => {
    const environments = ['production', 'staging', 'qa'];
    const project = await makeProject(admin, { environments, flags: ['checkout'] });
    const look = async () => ({
      history: await historyOf(admin, project),
      environments: await admin.get(`${project}/environments`),
      audits: await Promise.all(environments.map((one) => auditOf(admin, `${project}/environments/${one}`))),
      flags: await Promise.all(environments.map((one) => admin.get(`${project}/environments/${one}/flags/checkout`))),
    });
    const before = await look();
    const good = ['production', 'staging'].map((environment) => ({
      environment,
      flag: 'checkout',
      ifMatch: 2,
      set: { enabled: true },
    }));
    const answer = await admin.send('POST', `${project}/changes`, { edits: [...good, bad] });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.text).toContain('$.edits[2].set.offVariant');
    expect(await look()).toEqual(before);
  });

  it.each([
    ['a flag', { flag: 'checkout', ifMatch: 2, set: { included: ['ada'] } }],
    ['a segment', { segment: 'beta', ifMatch: 3, set: { enabled: true } }],
  ])('refuses, in a change of several, an edit of %s with members of the other kind', async (_, edit) => {
    const project = await makeProject(admin, { flags: ['checkout'], segments: ['beta'] });
    const answer = await admin.send('POST', `${project}/changes`, { edits: [{ environment: 'production', ...edit }] });
    expect(answer.status, answer.text).toBe(400);
  });

  it('takes no revision and makes no change when it edits nothing', async () => {
    const project = await makeProject(admin, { flags: ['checkout'], segments: ['beta'] });
    const environment = `${project}/environments/production`;
    const look = async () => [
      await historyOf(admin, project),
      await admin.get(environment),
      await auditOf(admin, environment),
    ];
    const before = await look();
    const same = [
      await admin.send('PATCH', `${environment}/flags/checkout`, { enabled: false }, { ifMatch: '*' }),
      await admin.send('PATCH', `${environment}/segments/beta`, { included: [] }, { ifMatch: '*' }),
      await admin.send('PATCH', environment, { name: 'production' }, { ifMatch: '*' }),
    ];
    expect(same.map(({ status, headers }) => [status, headers['flaghoist-revision']])).toEqual(
      same.map(() => [200, undefined]),
    );
    expect(await look()).toEqual(before);
  });

  it('names no change when it made none', async () => {
    const project = await makeProject(admin, { flags: ['checkout'] });
    const path = `${project}/environments/production/flags/checkout`;
    const answer = await admin.send('PATCH', path, { enabled: false }, { ifMatch: '*' });
    expect(answer.headers['flaghoist-change']).toBeUndefined();
  });

  it('never gives an archived key away again', async () => {
    const project = await makeProject(admin, {
      environments: ['production', 'old'],
      flags: ['checkout'],
      segments: ['beta'],
    });
    const segments = `${project}/environments/production/segments`;
    await admin.write('POST', `${project}/flags/checkout/archive`, undefined, { ifMatch: '*' });
    await admin.write('POST', `${segments}/beta/archive`, undefined, { ifMatch: '*' });
    await admin.write('POST', `${project}/environments/old/archive`, undefined, { ifMatch: '*' });
    const again = async (path: string, body: object) => {
      const { status, text } = await admin.send('POST', path, body);
      return [status, (JSON.parse(text) as { code: string }).code];
    };
    expect(await again(`${project}/flags`, { key: 'checkout', type: 'boolean' })).toEqual([409, 'key_retired']);
    expect(await again(segments, { key: 'beta' })).toEqual([409, 'key_retired']);
    expect(await again(`${project}/environments`, { key: 'old' })).toEqual([409, 'already_exists']);
    await admin.write('POST', `${project}/archive`, undefined, { ifMatch: '*' });
    expect(await again('/projects', { key: project.split('/').at(-1) })).toEqual([409, 'already_exists']);
  });

  it('takes an archived flag out of every environment and keeps it readable as archived', async () => {
    const project = await makeProject(admin, {
      environments: ['production', 'staging'],
      flags: ['checkout', 'search'],
    });
    const archived = await admin.send('POST', `${project}/flags/checkout/archive`, undefined, { ifMatch: '"1"' });
    expect(expectStatus<Flag>(archived, 200)).toMatchObject({ lifecycle: 'archived', environments: [], version: 2 });
    expect(archived.headers['flaghoist-revision']).toBe('production=1.4, staging=1.4');
    await admin.get(`${project}/environments/staging/flags/checkout`, 404);
    const keysOf = async (query: string) =>
      (await admin.get<{ items: readonly Flag[] }>(`${project}/flags${query}`)).items.map(({ key }) => key);
    expect([await keysOf(''), await keysOf('?lifecycle=archived')]).toEqual([['search'], ['checkout']]);
  });

  it('refuses to archive a segment that a rule refers to, however deep, and says which', async () => {
    const project = await makeProject(admin, { flags: ['plain', 'nested'], segments: ['beta', 'wider'] });
    const environment = `${project}/environments/production`;
    const rule = (condition: object) => [{ id: 'r', conditions: [condition], serve: { variant: 'on' } }];
    const inGroups = { group: 'any', conditions: [{ group: 'none', conditions: [{ segment: 'beta', negate: true }] }] };
    const set = (path: string, body: object) => admin.write('PATCH', `${environment}${path}`, body, { ifMatch: '*' });
    const archive = async () => {
      const { status, text } = await admin.send('POST', `${environment}/segments/beta/archive`, undefined, {
        ifMatch: '*',
      });
      return [status, (JSON.parse(text) as { detail?: string }).detail];
    };
    await set('/flags/plain', { rules: rule({ segment: 'beta' }) });
    await set('/flags/nested', { rules: rule(inGroups) });
    await set('/segments/wider', { conditions: [{ segment: 'beta' }] });
    expect(await archive()).toEqual([409, expect.stringMatching(/flag nested, flag plain, segment wider/)]);
    await set('/flags/plain', { rules: [] });
    await set('/flags/nested', { rules: [] });
    expect(await archive()).toEqual([409, expect.stringMatching(/: segment wider\./)]);
    await set('/segments/wider', { conditions: [] });
    expect((await archive())[0]).toBe(200);
    await admin.get(`${environment}/segments/beta`, 404);
    expect(await admin.get<SegmentResource>(`${environment}/segments/wider`)).toMatchObject({ conditions: [] });
  });

  it('fills a new environment with all living flags, off and without rules', async () => {
    const project = await makeProject(admin, { flags: ['checkout', 'gone'] });
    await admin.write('POST', `${project}/flags`, {
      key: 'banner',
      type: 'string',
      variants: { a: 'A', b: 'B' },
      defaultVariant: 'b',
      enabled: true,
      clientVisible: true,
    });
    const rules = [
      { id: 'r', conditions: [{ attribute: 'x', operator: 'exists', values: [] }], serve: { variant: 'a' } },
    ];
    await admin.write('PATCH', `${project}/environments/production/flags/banner`, { rules }, { ifMatch: '*' });
    await admin.write('PATCH', `${project}/flags/banner`, { addVariants: { c: 'C' } }, { ifMatch: '*' });
    await admin.write('POST', `${project}/flags/gone/archive`, undefined, { ifMatch: '*' });

    const made = await admin.send('POST', `${project}/environments`, { key: 'later' });
    expect(expectStatus<Environment>(made, 201)).toMatchObject({ epoch: 1, revision: 1 });
    expect(made.headers['flaghoist-revision']).toBe('later=1.1');
    const later = `${project}/environments/later/flags`;
    expect(await admin.get<FlagConfigurationResource>(`${later}/banner`)).toMatchObject({
      enabled: false,
      variants: { a: 'A', b: 'B', c: 'C' },
      default: { variant: 'b' },
      clientVisible: true,
      rules: [],
      revision: 1,
    });
    await admin.get(`${later}/gone`, 404);
    const { items } = await admin.get<{ items: readonly Flag[] }>(`${project}/flags`);
    expect(
      items.map(({ key, environments }) => [key, environments.find((one) => one.environment === 'later')]),
    ).toEqual(
      ['banner', 'checkout'].map((key) => [
        key,
        expect.objectContaining({ environment: 'later', enabled: false, serves: 'off', revision: 1 }),
      ]),
    );
    await admin.write('PATCH', `${later}/banner`, { enabled: true }, { ifMatch: '"1"' });
  });

  it('adds a variant in every environment and leaves what each of them serves', async () => {
    const environments = ['production', 'staging', 'qa'];
    const project = await makeProject(admin, { environments });
    const variants = { low: 1, high: 2 };
    await admin.write('POST', `${project}/flags`, { key: 'limit', type: 'number', variants, defaultVariant: 'high' });
    const qa = `${project}/environments/qa/flags/limit`;
    await admin.write('PATCH', qa, { enabled: true, variants: { low: 10, high: 20 } }, { ifMatch: '*' });
    const flag = await admin.write<Flag>(
      'PATCH',
      `${project}/flags/limit`,
      { addVariants: { top: 3 } },
      { ifMatch: '*' },
    );
    expect(flag.variants).toEqual(['low', 'high', 'top']);
    const read = async (environment: string) =>
      admin.get<FlagConfigurationResource>(`${project}/environments/${environment}/flags/limit`);
    for (const environment of ['production', 'staging'])
      expect(await read(environment)).toMatchObject({ enabled: false, variants: { ...variants, top: 3 }, revision: 3 });
    expect(await read('qa')).toMatchObject({ enabled: true, variants: { low: 10, high: 20, top: 3 }, revision: 4 });
    expect(Object.keys((await read('qa')).variants)).toEqual(['low', 'high', 'top']);
    expect(flag.environments.map(({ revision }) => revision)).toEqual([3, 4, 3]);
  });

  it('answers a text with a lone surrogate as it will be read later, or refuses it', async () => {
    const project = await makeProject(admin, { flags: ['checkout'] });
    const text = 'a\ud800b';
    const writes: readonly (readonly [path: string, body: object, list: string, member: string])[] = [
      ['/tokens', { name: text, role: 'viewer' }, '/tokens?limit=500', 'name'],
      [`${project}/keys`, { kind: 'server', environments: ['production'], name: text }, `${project}/keys`, 'name'],
      [`${project}/flags`, { key: 'a', type: 'boolean', description: text }, `${project}/flags`, 'description'],
      [`${project}/flags`, { key: 'b', type: 'boolean', tags: [text] }, `${project}/flags`, 'tags'],
      [
        `${project}/environments/production/segments`,
        { key: 'c', included: [text] },
        `${project}/environments/production/segments`,
        'included',
      ],
    ];
    for (const [path, body, list, member] of writes) {
      const answer = await admin.send('POST', path, body);
      if (answer.status === 400) continue;
      const made = expectStatus<Record<string, unknown>>(answer, 201);
      const name = 'id' in made ? 'id' : 'key';
      const { items } = await admin.get<{ items: readonly Record<string, unknown>[] }>(list);
      const kept = items.find((item) => item[name] === made[name]);
      expect(made[member], path).toEqual(kept?.[member]);
    }
  });
});
