/** Getting back in, and the secret that all processes of an installation share. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADA,
  BOB,
  type Browser,
  everywhere,
  join as joinAs,
  openBrowser,
  setUpAccount,
} from '../../../test-support/browser.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor } from '../../../test-support/started.ts';
import { rows, sql } from '../../platform/database.ts';
import { writeRecovery } from './recovery-file.ts';

const NEW_PASSWORD = 'a lamp in the attic';
const codeOf = (answer: { readonly text: string }): string => (JSON.parse(answer.text) as { code: string }).code;

describe.each(DATABASE_KINDS)('an installation over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place);
    ada = await setUpAccount(server);
    await joinAs(server, ada, BOB, everywhere('viewer'));
  });
  afterAll(async () => {
    await server.stop();
    await place.remove();
  });

  const useLink = (setup: string, person: typeof ADA, browser = openBrowser(server)) =>
    browser.send('POST', '/setup/account', { setup, ...person });

  it('lets whoever writes its data folder become an admin, once, while it runs', async () => {
    const { secret } = await writeRecovery(place.data, new Date());
    expect((await stat(join(place.data, 'recovery'))).mode & 0o777).toBe(0o600);
    const eve = { email: 'eve@shop.example', name: 'Eve', password: NEW_PASSWORD };
    const both = await Promise.all([useLink(secret, eve), useLink(secret, eve)]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)[0]).toBe(201);
    expect(both.filter(({ status }) => status === 201)).toHaveLength(1);
    const session = JSON.parse(both.find(({ status }) => status === 201)?.text ?? '') as Session;
    expect(session.grants).toEqual(everywhere('admin'));
    await expect(stat(join(place.data, 'recovery'))).rejects.toThrow();
    const again = await useLink(secret, eve);
    expect([403, 409]).toContain(again.status);
  });

  it('gives whoever is there already a new password, their account back and the rights of an admin', async () => {
    await ada.expect(201, 'POST', '/me/totp', { password: ADA.password });
    const { items } = await ada.expect<{ items: { id: string; email: string }[] }>(200, 'GET', '/people');
    const bob = items.find(({ email }) => email === BOB.email);
    await ada.expect(200, 'PATCH', `/people/${bob?.id}`, { disabled: true }, { ifMatch: '*' });
    const { secret } = await writeRecovery(place.data, new Date());
    const weak = await useLink(secret, { ...BOB, password: 'short' });
    expect([weak.status, codeOf(weak)]).toEqual([400, 'invalid_request']);
    const browser = openBrowser(server);
    expect((await useLink(secret, { ...BOB, email: 'BOB@shop.example', password: NEW_PASSWORD }, browser)).status).toBe(
      201,
    );
    const session = await browser.expect<Session>(200, 'GET', '/session');
    expect(session).toMatchObject({ person: { id: bob?.id, name: BOB.name }, grants: everywhere('admin') });
    await openBrowser(server).expect(401, 'POST', '/session', { email: BOB.email, password: BOB.password });
    await openBrowser(server).signIn(BOB.email, NEW_PASSWORD);
  });

  it('takes no link that is older than an hour, of another folder, or without its file', async () => {
    const old = await writeRecovery(place.data, new Date(Date.now() - 3_600_001));
    expect((await useLink(old.secret, ADA)).status).toBe(409);
    const { secret } = await writeRecovery(place.data, new Date());
    const file = join(place.data, 'recovery');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/"sha256":"./, '"sha256":"='));
    expect((await useLink(secret, ADA)).status).toBe(409);
    for (const text of ['', '{', 'null', '{"sha256":1,"expiresAt":2}']) {
      await writeFile(file, text);
      expect((await useLink(secret, ADA)).status).toBe(409);
    }
    await rm(file);
    expect((await useLink(secret, ADA)).status).toBe(409);
    await openBrowser(server).signIn(ADA.email, ADA.password);
  });

  it('keeps its secret in a file of its owner, and refuses to start with another one', async () => {
    const file = join(place.data, 'secret');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = (await readFile(file, 'utf8')).trim();
    await server.stop();
    const cookies = openBrowser(server).cookies;
    for (const [name, value] of ada.cookies) cookies.set(name, value);
    await expect(startOn(place, { secret: 'x'.repeat(32) })).rejects.toMatchObject({
      code: 'FLAGHOIST_SECRET',
      message: expect.stringContaining('FLAGHOIST_SECRET is not the one of this installation') as string,
    });
    await expect(startOn(place, { secret: 'short' })).rejects.toMatchObject({ code: 'FLAGHOIST_SECRET' });
    await rm(file);
    await expect(startOn(place)).rejects.toMatchObject({
      code: 'FLAGHOIST_SECRET',
      message: expect.stringContaining('there is no file') as string,
    });
    server = await startOn(place, { secret: text });
    const again = openBrowser(server);
    for (const [name, value] of ada.cookies) again.cookies.set(name, value);
    await again.expect(200, 'GET', '/session');
  });

  it('is signed in to through its public URL with a cookie for that host and https alone', async () => {
    await server.stop();
    const database = await place.open(captureLog().logger);
    const entries = await rows(
      database.db,
      sql<{ body: string }>`select body from audit_entries where chain = 'installation' and body like '%recovered%'`,
    );
    expect(entries).toHaveLength(2);
    const [hmac] = await rows(database.db, sql<{ hmac: string }>`select hmac from secret_check`);
    expect(hmac).toBeDefined();
    await sql`delete from secret_check`.execute(database.db);
    await database.close();
    await expect(startOn(place, { publicUrl: 'http://flags.shop.example' })).rejects.toMatchObject({
      code: 'FLAGHOIST_PUBLIC_URL',
    });
    const publicUrl = 'https://flags.shop.example';
    server = await startOn(place, { publicUrl });
    const browser = openBrowser(server, publicUrl);
    const answer = await browser.send('POST', '/session', ADA, {
      headers: { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' },
    });
    expect(answer.status).toBe(400);
    const good = { email: ADA.email, password: ADA.password };
    const signedIn = await browser.send('POST', '/session', good, {
      headers: { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' },
    });
    expect(signedIn.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-flaghoist=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    const { items } = await browser.expect<{ items: { address: string }[] }>(200, 'GET', '/me/sessions');
    expect(items[0]?.address).toBe('203.0.113.9');
    const { link } = await browser.expect<{ link: string }>(201, 'POST', '/invitations', {
      email: 'new@shop.example',
      grants: everywhere('viewer'),
    });
    expect(link).toMatch(/^https:\/\/flags\.shop\.example\/invitation#fhj_/);
    await openBrowser(server, server.url).expect(403, 'POST', '/session', good);
  });
});
