/** The search over everything, over both databases: what it finds, what comes first, and to whom it shows what. */
import type { SearchResults } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { type Hands, handsOf, type RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

describe.each(DATABASE_KINDS)('the search over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
    await admin.write('POST', '/projects', { key: 'pay', name: 'Payments', environments: ['production', 'staging'] });
    await admin.write('POST', '/projects', { key: 'shop', name: 'Web shop', environments: ['production', 'old'] });
    const flag = (project: string, key: string, name = key) =>
      admin.write('POST', `/projects/${project}/flags`, { key, type: 'boolean', name, tags: ['tagged'] });
    await flag('shop', 'pay', 'Checkout');
    await flag('shop', 'pay-later');
    await flag('shop', 'x-1', 'New pay page');
    await flag('shop', 'repay');
    await flag('shop', 'gone-pay');
    await flag('pay', 'Pay-Now', 'ÄHNLICH');
    await admin.write('POST', '/projects/pay/environments/staging/segments', { key: 'payers' });
    await admin.write('POST', '/projects/shop/environments/production/segments', { key: 'payers' });
    await admin.write('POST', '/projects/shop/environments/old/segments', { key: 'payers-old' });
    await admin.write('POST', '/projects/shop/flags/gone-pay/archive', undefined, { ifMatch: '*' });
    await admin.write('POST', '/projects/shop/environments/old/archive', undefined, { ifMatch: '*' });
    await admin.write('POST', '/projects', { key: 'pay-off', name: 'Archived' });
    await admin.write('POST', '/projects/pay-off/archive', undefined, { ifMatch: '*' });
  });
  afterAll(() => stopCleanly({ place, server }));

  const search = async (query: string, hands = admin): Promise<SearchResults['items']> =>
    (await hands.get<SearchResults>(`/search?${query}`)).items;
  const found = async (query: string, hands = admin): Promise<readonly string[]> =>
    (await search(query, hands)).map(({ kind: what, project, environment, key }) =>
      [what, project, ...(environment === null ? [] : [environment]), key].join(' '),
    );
  const tokenFor = async (scope: object): Promise<Hands> => {
    const token = { name: 'some', role: 'viewer', ...scope };
    return handsOf(server.client, (await admin.write<{ secret: string }>('POST', '/tokens', token)).secret);
  };

  it('shows the exact key first, then keys and names that begin so, then what only holds it', async () => {
    expect(await found('q=PAY')).toEqual([
      'project pay pay',
      'flag shop pay',
      'segment pay staging payers',
      'segment shop production payers',
      'flag pay Pay-Now',
      'flag shop pay-later',
      'flag shop x-1',
      'flag shop repay',
    ]);
  });

  it('finds by several words, in key and name together', async () => {
    expect(await found('q=page%20x-1')).toEqual(['flag shop x-1']);
    expect(await found('q=page%20new')).toEqual(['flag shop x-1']);
    expect(await found('q=page%20old')).toEqual([]);
    expect(await found('q=web')).toEqual(['project shop shop']);
    expect(await found('q=prod')).toEqual([
      'environment pay production production',
      'environment shop production production',
    ]);
  });

  it('takes what is typed as it is, whatever the case and form of its letters', async () => {
    expect(await found('q=%C3%A4hn')).toEqual(['flag pay Pay-Now']);
    expect(await found('q=%25')).toEqual([]);
    expect(await found('q=pay_')).toEqual([]);
    expect(await found('q=%20')).toEqual([]);
    expect(await search('q=x-1')).toEqual([
      { kind: 'flag', project: 'shop', environment: null, key: 'x-1', name: 'New pay page' },
    ]);
  });

  it('looks into one project when it is asked to', async () => {
    expect(await found('q=pay&project=pay')).toEqual([
      'project pay pay',
      'segment pay staging payers',
      'flag pay Pay-Now',
    ]);
  });

  it('finds to a token of one project what is in it', async () => {
    const hands = await tokenFor({ project: 'shop' });
    expect(await found('q=pay', hands)).toEqual([
      'flag shop pay',
      'segment shop production payers',
      'flag shop pay-later',
      'flag shop x-1',
      'flag shop repay',
    ]);
    expect((await hands.send('GET', '/search?q=pay&project=pay')).status).toBe(400);
  });

  it('finds to a token of one environment only what is in that, and the flags of its project', async () => {
    const hands = await tokenFor({ project: 'pay', environment: 'production' });
    expect(await found('q=pay', hands)).toEqual(['project pay pay', 'flag pay Pay-Now']);
    expect(await found('q=st', hands)).toEqual([]);
    expect(await found('q=prod', hands)).toEqual(['environment pay production production']);
  });

  it('shows twenty at most', async () => {
    for (let i = 0; i < 25; i++)
      await admin.write('POST', '/projects/shop/flags', { key: `many-${i}`, type: 'boolean' });
    expect(await found('q=many')).toHaveLength(20);
  });
});
