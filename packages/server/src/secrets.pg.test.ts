/** Whoever steals the database, or reads the log, can open nothing with it. */
import { randomUUID } from 'node:crypto';
import type { TotpBegun } from '@flaghoist/protocol/management';
import { sha256 } from '@flaghoist/runtime/crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { describe, expect, inject, it } from 'vitest';
import { ADA, BOB, everywhere, openBrowser, secretOf } from '../test-support/browser.ts';
import { captureLog } from '../test-support/captured-log.ts';
import { dumpText } from '../test-support/content-dump.ts';
import { DATABASE_KINDS, makePlace } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import { type Hands, type RunningServerUnderTest, setUp, startOn } from '../test-support/running-server.ts';
import { until } from '../test-support/until.ts';

describe.each(DATABASE_KINDS)('the secrets of an installation over the %s', (kind) => {
  it('are in no column of any table and in no line of the log', async () => {
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const server = await startOn(place);
    const admin = await setUp(server);
    const project = await makeProject(admin, { environments: ['production', 'staging'], flags: ['checkout'] });
    const idempotencyKeys = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const mint = async (path: string, body: object, i: number): Promise<string> =>
      (await admin.write<{ secret: string }>('POST', path, body, { idempotencyKey: idempotencyKeys[i] ?? '' })).secret;
    const secrets = [
      server.setup ?? '',
      admin.token,
      await mint('/tokens', { name: 'ci', role: 'editor' }, 0),
      await mint(`${project}/keys`, { kind: 'server', environments: ['production'] }, 1),
      await mint(`${project}/keys`, { kind: 'client', environments: ['production'] }, 2),
      await mint(`${project}/keys`, { kind: 'relay', environments: ['production', 'staging'] }, 3),
    ];
    for (const secret of secrets) expect(secret).toMatch(/^fh[a-z]_\w{10}_\w{43}_\w{6}$/);
    const signedIn = await secretsOfPeople(server, admin);

    // Used at every place that takes one, so that each had its chance to be written down.
    const context = { context: { targetingKey: 'ada' } };
    const evaluate = (token: string) =>
      server.client.send({ method: 'POST', path: '/ofrep/v1/evaluate/flags/checkout', token, body: context });
    await until('the keys are known', async () => (await evaluate(secrets[3] ?? '')).status === 200);
    await admin.get(`${project}/environments/production/evaluations?flag=${secrets[2]}`);
    await server.client.send({ path: `/api/v1/projects?token=${secrets[2]}`, token: `${secrets[2]}x` });
    await server.client.send({ path: `/nowhere/${secrets[2]}` });
    await server.stop();

    const database = await place.open(captureLog().logger);
    const tables = await dumpText(database.db);
    await database.close();
    expect(tables.get('tokens')).toContain(secrets[2]?.split('_')[1]);
    expect(tables.get('bus_log')).toContain(secrets[3]?.split('_')[1]);
    const log = JSON.stringify(server.log.lines);
    const found = [...tables, ['log', log] as const].flatMap(([where, text]) =>
      [...secrets, ...signedIn, ...idempotencyKeys].flatMap((secret) => {
        const random = secret.startsWith('fh') ? (secret.split('_')[2] ?? '') : secret;
        return text.includes(random) ? [`${where} holds ${secret}`] : [];
      }),
    );
    expect(found).toEqual([]);
    await place.remove();
  });
});

/** Signs somebody in by every means, and answers what of it would sign in whoever finds it. */
async function secretsOfPeople(server: RunningServerUnderTest, admin: Hands): Promise<readonly string[]> {
  const grants = everywhere('admin');
  const invitation = secretOf(await admin.write('POST', '/invitations', { email: ADA.email, grants }));
  const open = secretOf(await admin.write('POST', '/invitations', { email: BOB.email, grants }));
  const ada = openBrowser(server);
  const idempotencyKey = randomUUID();
  const accept = { secret: invitation, name: ADA.name, password: ADA.password };
  await ada.expect(201, 'POST', '/invitations/accept', accept, { idempotencyKey });
  const { person } = await ada.signIn(ADA.email, ADA.password);
  const reset = secretOf(await admin.write('POST', `/people/${person.id}/reset`));
  const totp = await ada.expect<TotpBegun>(201, 'POST', '/me/totp', { password: ADA.password });
  await ada.expect(403, 'POST', '/me/totp/confirm', { code: totp.recoveryCodes[0] });
  await openBrowser(server).expect(401, 'POST', '/session', {
    email: 'typo@shop.example',
    password: 'typed by mistake',
  });
  const cookie = decodeURIComponent(ada.cookies.get('flaghoist') ?? '');
  const codes = totp.recoveryCodes.flatMap((code) => [code, code.replaceAll('-', '')]);
  // Of a request that holds a password, a plain hash would be guessed as fast as it is computed.
  const hashed = sha256(JSON.stringify(['POST', '/api/v1/invitations/accept', null, accept]));
  const typed = [hashed, ADA.password, 'typed by mistake', 'typo@shop.example'];
  // The token stands in its table; what signs in is its signature.
  const session = [cookie, cookie.split('.')[1] ?? '', ada.csrf];
  return [invitation, open, reset, totp.secret, idempotencyKey, ...session, ...typed, ...codes];
}
