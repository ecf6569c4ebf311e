/** The list of a project's flags, over both databases: what it finds, in which order, and to whom it shows what. */
import type { FlagConfigurations, FlagFacets, FlagPage } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { listAll } from '../test-support/project-in-use.ts';
import { type Hands, handsOf, type RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const SHOP = '/projects/shop';
const FLAGS = `${SHOP}/flags`;

/** In the order in which they are made. */
const MADE = [
  { key: 'zeta', type: 'boolean', name: 'alpha', owner: 'pay', tags: ['web', 'money'] },
  { key: 'Beta', type: 'string', name: 'Äpfel', description: 'A 100% sale_price', variants: { a: 'A', b: 'B' } },
  { key: 'check-out', type: 'boolean', name: 'New Check Out', owner: 'pay', tags: ['web'] },
  { key: 'gone', type: 'boolean', name: 'Gone', owner: 'left', tags: ['old'] },
  { key: 'alpha', type: 'number', name: 'Zebra', tags: ['web', 'Éclair'], variants: { low: 1 }, enabled: true },
] as const;

describe.each(DATABASE_KINDS)('the flags of a project over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let inStaging: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
    await admin.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging', 'old'] });
    await admin.write('POST', '/projects', { key: 'other', environments: ['production'] });
    await admin.write('POST', '/projects/other/flags', { key: 'zeta', type: 'boolean', tags: ['elsewhere'] });
    for (const flag of MADE) await admin.write('POST', FLAGS, flag);
    await admin.write('POST', `${FLAGS}/gone/archive`, undefined, { ifMatch: '*' });
    await admin.write('POST', `${SHOP}/environments/old/archive`, undefined, { ifMatch: '*' });
    const token = { name: 'staging', role: 'viewer', project: 'shop', environment: 'staging' };
    const { secret } = await admin.write<{ secret: string }>('POST', '/tokens', token);
    inStaging = handsOf(server.client, secret);
  });
  afterAll(() => stopCleanly({ place, server }));

  const list = (query: string, hands = admin): Promise<FlagPage> => hands.get(`${FLAGS}?${query}`);
  const keys = async (query: string, hands = admin): Promise<readonly string[]> =>
    (await list(query, hands)).items.map(({ key }) => key);
  const edit = (environment: string, flag: string, set: object) =>
    admin.write('PATCH', `${SHOP}/environments/${environment}/flags/${flag}`, set, { ifMatch: '*' });

  it.each([
    ['', ['Beta', 'alpha', 'check-out', 'zeta']],
    ['q=CHECK', ['check-out']],
    ['q=check%20new', ['check-out']],
    ['q=check%20old', []],
    ['q=PAY', ['check-out', 'zeta']],
    ['q=%C3%A4PFEL', ['Beta']],
    ['q=%C3%A9CLAIR', ['alpha']],
    ['q=e%CC%81clair', ['alpha']],
    ['q=0%25', ['Beta']],
    ['q=%25', ['Beta']],
    ['q=sale_', ['Beta']],
    ['q=a%5C', []],
    ['q=%20%20', ['Beta', 'alpha', 'check-out', 'zeta']],
    ['tag=web', ['alpha', 'check-out', 'zeta']],
    ['tag=we', []],
    ['tag=web&owner=pay', ['check-out', 'zeta']],
    ['type=string', ['Beta']],
    ['environment=staging', ['Beta', 'alpha', 'check-out', 'zeta']],
    ['environment=staging&state=on', ['alpha']],
    ['environment=staging&state=off&tag=web', ['check-out', 'zeta']],
    ['lifecycle=archived', ['gone']],
    ['lifecycle=archived&environment=staging', []],
    ['sort=name', ['zeta', 'check-out', 'alpha', 'Beta']],
    ['sort=name&order=desc', ['Beta', 'alpha', 'check-out', 'zeta']],
    ['sort=created', ['zeta', 'Beta', 'check-out', 'alpha']],
    ['sort=created&order=desc&q=web', ['alpha', 'check-out', 'zeta']],
  ])('asked for %s are those that fit, in that order, all of them counted', async (query, expected) => {
    expect(await keys(query)).toEqual(expected);
    expect((await list(query)).total).toBe(expected.length);
    expect((await list(`limit=1&${query}`)).total).toBe(expected.length);
  });

  it('are in the order of their last change when they are sorted by it', async () => {
    await edit('production', 'zeta', { enabled: true });
    await admin.write('PATCH', `${FLAGS}/check-out`, { description: 'Described.' }, { ifMatch: '*' });
    await edit('staging', 'Beta', { enabled: true });
    expect(await keys('sort=changed&order=desc')).toEqual(['Beta', 'check-out', 'zeta', 'alpha']);
    // What was changed in production is nothing that somebody of staging could see.
    expect(await keys('sort=changed', inStaging)).toEqual(['zeta', 'alpha', 'check-out', 'Beta']);
  });

  it.each(['key', 'name', 'created', 'changed'].flatMap((sort) => [`${sort}&order=asc`, `${sort}&order=desc`]))(
    'are walked page by page without gaps and repetitions, sorted by %s',
    async (sort) => {
      const whole = await keys(`sort=${sort}`);
      const walked = await listAll<{ key: string }>(admin, `${FLAGS}?sort=${sort}`, 1);
      expect(walked.map(({ key }) => key)).toEqual(whole);
      expect(whole).toHaveLength(4);
    },
  );

  it('are walked page by page also by names of the greatest length, and by the same name', async () => {
    const [long, ...others] = ['🌍'.repeat(128), 'same', 'same', 'same'];
    const path = '/projects/names';
    await admin.write('POST', '/projects', { key: 'names', environments: [] });
    for (const [i, name] of [...others, long, `${long.slice(0, -2)}a`].entries())
      await admin.write('POST', `${path}/flags`, { key: `f${i}`, type: 'boolean', name });
    const walked = await listAll<{ key: string }>(admin, `${path}/flags?sort=name`, 1);
    expect(walked.map(({ key }) => key)).toEqual(['f0', 'f1', 'f2', 'f4', 'f3']);
  });

  it('refuse a cursor of another order, and say so', async () => {
    const { next } = await list('limit=1&sort=name');
    for (const query of ['sort=key', 'sort=name&order=desc', '', 'sort=changed']) {
      const answer = await admin.send('GET', `${FLAGS}?limit=1&cursor=${next}&${query}`);
      expect([answer.status, answer.text], query).toEqual([400, expect.stringContaining('in another order')]);
    }
    const forged = Buffer.from('1:changed asc\nzeta\nyesterday').toString('base64url');
    expect((await admin.send('GET', `${FLAGS}?sort=changed&cursor=${forged}`)).status).toBe(400);
  });

  it('show what they serve in each environment that is not archived, by environment', async () => {
    const rollout = { variants: [{ variant: 'a', weight: 1 }], bucketing: { algorithm: 'murmur3/1' } };
    const rule = {
      id: 'r',
      conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
      serve: { variant: 'b' },
    };
    const shown = async () =>
      (await admin.get<FlagPage['items'][number]>(`${FLAGS}/Beta`)).environments.map(
        ({ environment, enabled, serves }) => `${environment} ${enabled ? 'on' : 'off'} ${serves}`,
      );
    expect(await shown()).toEqual(['production off off', 'staging on a']);
    await edit('staging', 'Beta', { default: { rollout } });
    expect(await shown()).toEqual(['production off off', 'staging on rollout']);
    await edit('staging', 'Beta', { rules: [rule] });
    expect(await shown()).toEqual(['production off off', 'staging on rules']);
    await edit('staging', 'Beta', { rules: [], targets: [{ variant: 'b', keys: ['ada'] }] });
    expect(await shown()).toEqual(['production off off', 'staging on rules']);
    await edit('staging', 'Beta', { enabled: false });
    expect(await shown()).toEqual(['production off off', 'staging off off']);
  });

  it('are answered by a write as they are then read', async () => {
    const made = await admin.write('POST', FLAGS, { key: 'written', type: 'boolean', enabled: true });
    expect(await admin.get(`${FLAGS}/written`)).toEqual(made);
    await edit('production', 'written', { enabled: false });
    const edited = await admin.write(
      'PATCH',
      `${FLAGS}/written`,
      { name: 'Written', addVariants: { third: true } },
      { ifMatch: '*' },
    );
    expect(await admin.get(`${FLAGS}/written`)).toEqual(edited);
    expect(edited).toMatchObject({ environments: [{ serves: 'off' }, { serves: 'on' }] });
    const archived = await admin.write('POST', `${FLAGS}/written/archive`, undefined, { ifMatch: '*' });
    expect(await admin.get(`${FLAGS}/written`)).toEqual(archived);
  });

  it('tell the values they can be filtered by, the most frequent first', async () => {
    expect(await admin.get<FlagFacets>(`${SHOP}/flag-facets`)).toEqual({
      tags: [
        { value: 'web', count: 3 },
        { value: 'money', count: 1 },
        { value: 'Éclair', count: 1 },
      ],
      owners: [{ value: 'pay', count: 2 }],
      types: [
        { value: 'boolean', count: 2 },
        { value: 'number', count: 1 },
        { value: 'string', count: 1 },
      ],
    });
  });

  it('have their configurations read together, one for each environment', async () => {
    const { items } = await admin.get<FlagConfigurations>(`${FLAGS}/zeta/configurations`);
    const alone = [];
    for (const environment of ['production', 'staging'])
      alone.push(await admin.get(`${SHOP}/environments/${environment}/flags/zeta`));
    expect(items).toEqual(alone);
    expect(await admin.get(`${FLAGS}/gone/configurations`)).toEqual({ items: [] });
    await admin.get(`${FLAGS}/nothing/configurations`, 404);
  });

  describe('to a token of one environment', () => {
    it('show that environment only', async () => {
      const { items } = await list('', inStaging);
      expect(items.map((flag) => flag.environments.map(({ environment }) => environment))).toEqual(
        items.map(() => ['staging']),
      );
      const { environments } = await inStaging.get<FlagPage['items'][number]>(`${FLAGS}/zeta`);
      expect(environments.map(({ environment }) => environment)).toEqual(['staging']);
      const { items: configurations } = await inStaging.get<FlagConfigurations>(`${FLAGS}/zeta/configurations`);
      expect(configurations.map(({ environment }) => environment)).toEqual(['staging']);
    });

    it('do not tell when something was changed elsewhere', async () => {
      const before = await inStaging.get<FlagPage['items'][number]>(`${FLAGS}/zeta`);
      await edit('production', 'zeta', { enabled: false });
      expect(await inStaging.get(`${FLAGS}/zeta`)).toEqual(before);
      const seen = await admin.get<FlagPage['items'][number]>(`${FLAGS}/zeta`);
      expect(seen.changedAt > before.changedAt).toBe(true);
      await edit('staging', 'zeta', { enabled: true });
      const after = await inStaging.get<FlagPage['items'][number]>(`${FLAGS}/zeta`);
      expect(after.changedAt).toBe(after.environments[0]?.changedAt);
      expect(after.changedAt > seen.changedAt).toBe(true);
    });

    it('cannot be filtered by another environment, whether it exists or not', async () => {
      for (const environment of ['production', 'old', 'nowhere']) {
        const answer = await inStaging.send('GET', `${FLAGS}?environment=${environment}&state=on`);
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.text)).toMatchObject({
          code: 'invalid_request',
          errors: [{ path: 'query.environment', code: 'not_found' }],
        });
      }
    });
  });
});
