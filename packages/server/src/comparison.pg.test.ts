/** How two environments differ, and what one may know of it. */
import type { Comparison } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace, makePlace } from '../test-support/database-place.ts';
import { type Hands, type RunningServerUnderTest, setUp, startOn } from '../test-support/running-server.ts';

describe.each(DATABASE_KINDS)('the comparison of two environments over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    server = await startOn(place);
    admin = await setUp(server);
    await admin.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
    for (const key of ['alike', 'checkout', 'search'])
      await admin.write('POST', '/projects/shop/flags', { key, type: 'boolean' });
    await admin.write('POST', '/projects/shop/environments/staging/segments', { key: 'beta', included: ['ada'] });
    const edit = (environment: string, flag: string, body: object) =>
      admin.write('PATCH', `/projects/shop/environments/${environment}/flags/${flag}`, body, { ifMatch: '*' });
    const rules = [{ id: 'r', conditions: [{ segment: 'beta' }], serve: { variant: 'on' } }];
    await edit('staging', 'checkout', { enabled: true, rules });
    await edit('production', 'search', { clientVisible: true });
    await edit('staging', 'alike', { enabled: true });
    await edit('staging', 'alike', { enabled: false });
  });
  afterAll(async () => {
    await server.stop();
    await place.remove();
  });

  it('names what differs, by member, with what an edit of the other side takes', async () => {
    const compared = await admin.get<Comparison>('/projects/shop/comparison?from=staging&to=production');
    expect(compared.items.map(({ kind, key, differs, to }) => [kind, key, differs, to !== null])).toEqual([
      ['flag', 'checkout', ['enabled', 'rules'], true],
      ['flag', 'search', ['clientVisible'], true],
      ['segment', 'beta', ['included', 'excluded', 'conditions'], false],
    ]);
    expect([compared.same, compared.more]).toEqual([1, 0]);
    const [checkout] = compared.items;
    const set = checkout?.from?.content;
    const promote = { environment: 'production', flag: 'checkout', ifMatch: checkout?.to?.revision, set };
    await admin.write('POST', '/projects/shop/changes', { edits: [promote] });
    const after = await admin.get<Comparison>('/projects/shop/comparison?from=staging&to=production');
    expect(after.items.map(({ key }) => key)).toEqual(['search', 'beta']);
  });

  it('is no door to an environment that one may not see', async () => {
    const { secret } = await admin.write<{ secret: string }>('POST', '/tokens', {
      name: 'staging',
      role: 'admin',
      project: 'shop',
      environment: 'staging',
    });
    const path = '/projects/shop/comparison?from=staging&to=production';
    const answer = await admin.send('GET', path, undefined, { token: secret });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('no environment production')]);
    const nowhere = await admin.send('GET', '/projects/shop/comparison?from=staging&to=staging');
    expect(nowhere.text).toContain('two different environments');
  });
});
