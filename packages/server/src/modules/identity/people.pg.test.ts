/** People and invitations: who sees and changes whom. */
import type {
  Invitation,
  InvitationCreated,
  InvitationOffer,
  Person,
  Session,
  SignIn,
  Token,
  TokenCreated,
} from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADA,
  BOB,
  type Browser,
  EVE,
  everywhere,
  join,
  openBrowser,
  secretOf,
  setUpAccount,
} from '../../../test-support/browser.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { handsOf, type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../../../test-support/started.ts';
import { rows, sql } from '../../platform/database.ts';

const codeOf = (answer: { readonly text: string }): string => (JSON.parse(answer.text) as { code: string }).code;
const inShop = (role: string, environment: string | null = null) => ({ role, project: 'shop', environment });

describe.each(DATABASE_KINDS)('people over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;
  let bob: Browser;

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place);
    ada = await setUpAccount(server);
    for (const key of ['shop', 'blog'])
      await ada.expect(201, 'POST', '/projects', { key, environments: ['production', 'staging'] });
  });
  afterAll(() => stopCleanly({ place, server }));

  const people = async (browser: Browser): Promise<readonly Person[]> =>
    (await browser.expect<{ items: Person[] }>(200, 'GET', '/people')).items;
  const idOf = async (email: string): Promise<string> =>
    (await people(ada)).find((person) => person.email === email)?.id ?? '';
  const edit = async (browser: Browser, email: string, body: object, ifMatch?: string) => {
    const path = `/people/${await idOf(email)}`;
    const { headers } = await ada.send('GET', path);
    return browser.send('PATCH', path, body, { ifMatch: ifMatch ?? String(headers.etag) });
  };

  it('come in by a link that is shown once, works once, and is bound to an e-mail', async () => {
    const created = await ada.expect<InvitationCreated>(201, 'POST', '/invitations', {
      email: 'Bob@Shop.example',
      grants: [inShop('admin')],
    });
    expect(created).toMatchObject({ email: BOB.email, createdBy: 'Ada', acceptedAt: null });
    expect(created.link).toMatch(new RegExp(`^${server.url}/invitation#fhj_`));
    const listed = await ada.expect<{ items: Invitation[] }>(200, 'GET', '/invitations');
    expect(JSON.stringify(listed)).not.toContain(secretOf(created));
    const browser = openBrowser(server);
    const secret = secretOf(created);
    const offer = await browser.expect<InvitationOffer>(200, 'POST', '/invitations/read', { secret });
    expect(offer).toMatchObject({ email: BOB.email, grants: [inShop('admin')], hasAccount: false });
    const accept = { secret, name: BOB.name, password: BOB.password };
    const weak = await browser.send('POST', '/invitations/accept', { ...accept, password: 'too short' });
    expect([weak.status, codeOf(weak)]).toEqual([400, 'invalid_request']);
    const both = await Promise.all([
      browser.send('POST', '/invitations/accept', accept),
      openBrowser(server).send('POST', '/invitations/accept', accept),
    ]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)[0]).toBe(201);
    expect(both.filter(({ status }) => status === 201)).toHaveLength(1);
    bob = openBrowser(server);
    expect((await bob.signIn(BOB.email, BOB.password)).grants).toEqual([inShop('admin')]);
    for (const path of ['/invitations/read', '/invitations/accept']) {
      const late = await openBrowser(server).send('POST', path, path.endsWith('read') ? { secret } : accept);
      expect([late.status, codeOf(late)]).toEqual([403, 'link_invalid']);
    }
  });

  it('invite into what they administer only', async () => {
    const refused = async (grants: readonly object[]) => {
      const answer = await bob.send('POST', '/invitations', { email: EVE.email, grants });
      return [answer.status, codeOf(answer)];
    };
    expect(await refused(everywhere('viewer'))).toEqual([403, 'forbidden']);
    // A project that Bob does not see is none.
    const elsewhere = [inShop('viewer'), { role: 'viewer', project: 'blog', environment: null }];
    expect(await refused(elsewhere)).toEqual([400, 'invalid_request']);
    await join(server, bob, EVE, [inShop('editor', 'staging')]);
    const eve = openBrowser(server);
    await eve.signIn(EVE.email, EVE.password);
    for (const path of ['/people', '/invitations']) await eve.expect(403, 'GET', path);
    await eve.expect(403, 'POST', '/invitations', { email: 'x@shop.example', grants: [inShop('viewer')] });
    const { items } = await eve.expect<{ items: { key: string }[] }>(200, 'GET', '/projects/shop/environments');
    expect(items.map(({ key }) => key)).toEqual(['staging']);
  });

  it('revoke an invitation, which opens nothing then', async () => {
    const created = await bob.expect<InvitationCreated>(201, 'POST', '/invitations', {
      email: 'late@shop.example',
      grants: [inShop('viewer')],
    });
    const revoked = await bob.expect<Invitation>(200, 'POST', `/invitations/${created.id}/revoke`);
    expect(revoked.revokedAt).not.toBeNull();
    const answer = await openBrowser(server).send('POST', '/invitations/read', { secret: secretOf(created) });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'link_invalid']);
    const wide = await ada.expect<InvitationCreated>(201, 'POST', '/invitations', {
      email: 'x@shop.example',
      grants: everywhere('viewer'),
    });
    await bob.expect(404, 'POST', `/invitations/${wide.id}/revoke`);
  });

  it('see of others what they administer', async () => {
    expect((await people(ada)).map(({ email }) => email)).toEqual([ADA.email, BOB.email, EVE.email]);
    expect((await people(bob)).map(({ email, grants }) => [email, grants])).toEqual([
      [BOB.email, [inShop('admin')]],
      [EVE.email, [inShop('editor', 'staging')]],
    ]);
    await bob.expect(404, 'GET', `/people/${await idOf(ADA.email)}`);
    await bob.expect(404, 'GET', '/people/nobody');
    const { items } = await bob.expect<{ items: Invitation[] }>(200, 'GET', '/invitations');
    expect(items.some(({ email }) => email === 'x@shop.example')).toBe(false);
  });

  it('who are invited again prove it with their password, and get the roles added', async () => {
    const created = await ada.expect<InvitationCreated>(201, 'POST', '/invitations', {
      email: EVE.email,
      grants: [{ role: 'viewer', project: 'blog', environment: null }],
    });
    const secret = secretOf(created);
    const browser = openBrowser(server);
    const offer = await browser.expect<InvitationOffer>(200, 'POST', '/invitations/read', { secret });
    expect(offer.hasAccount).toBe(true);
    const wrong = await browser.send('POST', '/invitations/accept', {
      secret,
      name: 'Mallory',
      password: 'another password',
    });
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'sign_in_failed']);
    const { session } = await browser.expect<SignIn>(201, 'POST', '/invitations/accept', {
      secret,
      name: 'Mallory',
      password: EVE.password,
    });
    expect(session?.person.name).toBe(EVE.name);
    expect(session?.grants).toEqual([
      { role: 'viewer', project: 'blog', environment: null },
      inShop('editor', 'staging'),
    ]);
  });

  it('are given and denied roles where the caller administers; other roles stay', async () => {
    const answer = await edit(bob, EVE.email, { grants: [inShop('viewer')] });
    expect(answer.status).toBe(200);
    expect((JSON.parse(answer.text) as Person).grants).toEqual([inShop('viewer')]);
    const seen = (await people(ada)).find(({ email }) => email === EVE.email);
    expect(seen?.grants).toEqual([{ role: 'viewer', project: 'blog', environment: null }, inShop('viewer')]);
    const bad: readonly [object, number, string][] = [
      [{ grants: everywhere('admin') }, 403, 'forbidden'],
      [{ disabled: true }, 403, 'forbidden'],
      [{ grants: [inShop('viewer'), inShop('editor')] }, 400, 'invalid_request'],
      [{ grants: [inShop('viewer', 'nowhere')] }, 400, 'invalid_request'],
    ];
    for (const [body, status, code] of bad) {
      const refused = await edit(bob, EVE.email, body);
      expect([body, refused.status, codeOf(refused)]).toEqual([body, status, code]);
    }
    expect((await edit(bob, EVE.email, { grants: [] }, '"1"')).status).toBe(412);
    expect((await edit(bob, ADA.email, { grants: [] })).status).toBe(404);
  });

  it('who are disabled are out at once, and cannot come back with password or link', async () => {
    const eve = openBrowser(server);
    await eve.signIn(EVE.email, EVE.password);
    const { link } = await ada.expect<{ link: string }>(201, 'POST', `/people/${await idOf(EVE.email)}/reset`);
    expect((await edit(ada, EVE.email, { disabled: true })).status).toBe(200);
    await eve.expect(401, 'GET', '/session');
    const refused = await openBrowser(server).send('POST', '/session', { email: EVE.email, password: EVE.password });
    expect([refused.status, codeOf(refused)]).toEqual([401, 'sign_in_failed']);
    await openBrowser(server).expect(403, 'POST', '/password/reset', {
      secret: secretOf({ link }),
      password: EVE.password,
    });
    expect((await edit(ada, EVE.email, { disabled: false })).status).toBe(200);
    await eve.expect(401, 'GET', '/session');
    await eve.signIn(EVE.email, EVE.password);
  });

  it('get a link for a new password from an admin of the installation, which works once', async () => {
    await bob.expect(403, 'POST', `/people/${await idOf(EVE.email)}/reset`);
    const eve = openBrowser(server);
    await eve.signIn(EVE.email, EVE.password);
    const path = `/people/${await idOf(EVE.email)}/reset`;
    const first = await ada.expect<{ link: string }>(201, 'POST', path);
    const { link } = await ada.expect<{ link: string }>(201, 'POST', path);
    const body = { password: 'another good phrase' };
    await openBrowser(server).expect(403, 'POST', '/password/reset', { ...body, secret: secretOf(first) });
    const { session } = await openBrowser(server).expect<SignIn>(201, 'POST', '/password/reset', {
      ...body,
      secret: secretOf({ link }),
    });
    expect(session?.person.email).toBe(EVE.email);
    await eve.expect(401, 'GET', '/session');
    const again = await openBrowser(server).send('POST', '/password/reset', { ...body, secret: secretOf({ link }) });
    expect([again.status, codeOf(again)]).toEqual([403, 'link_invalid']);
    await openBrowser(server).signIn(EVE.email, body.password);
  });

  it('rename themselves', async () => {
    expect(await bob.expect<Person>(200, 'PATCH', '/me', { name: 'Robert' })).toMatchObject({
      name: 'Robert',
      grants: [inShop('admin')],
    });
    expect(await bob.expect<Session>(200, 'GET', '/session')).toMatchObject({ person: { name: 'Robert' } });
  });

  it('are not left without an admin: neither disabled, nor stripped, nor by a narrower invitation', async () => {
    for (const body of [{ disabled: true }, { grants: [] }, { grants: everywhere('editor') }]) {
      const answer = await edit(ada, ADA.email, body);
      expect([body, answer.status, codeOf(answer)]).toEqual([body, 409, 'last_admin']);
    }
    const created = await ada.expect<InvitationCreated>(201, 'POST', '/invitations', {
      email: ADA.email,
      grants: everywhere('viewer'),
    });
    const accept = { secret: secretOf(created), name: ADA.name, password: ADA.password };
    const answer = await openBrowser(server).send('POST', '/invitations/accept', accept);
    expect([answer.status, codeOf(answer)]).toEqual([409, 'last_admin']);
  });

  it('keep an admin though two of them disable each other at the same moment', async () => {
    await edit(ada, BOB.email, { grants: everywhere('admin') });
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([
        edit(ada, BOB.email, round % 2 === 0 ? { disabled: true } : { grants: [] }),
        edit(bob, ADA.email, round % 2 === 0 ? { disabled: true } : { grants: [] }),
      ]);
      const won = answers.filter(({ status }) => status === 200);
      expect(won, answers.map(({ text }) => text).join('\n')).toHaveLength(1);
      const [left, out, email] = answers[0]?.status === 200 ? [ada, bob, BOB.email] : [bob, ada, ADA.email];
      const person = (await people(left)).find((one) => one.email === email);
      await left.expect(
        200,
        'PATCH',
        `/people/${person?.id}`,
        { disabled: false, grants: everywhere('admin') },
        { ifMatch: '*' },
      );
      if (round % 2 === 0) await out.signIn(email, email === ADA.email ? ADA.password : BOB.password);
    }
  });

  it('leave their tokens behind, which are revoked with them if an admin says so', async () => {
    const ofBob = await bob.expect<TokenCreated>(201, 'POST', '/tokens', { name: 'of Bob', role: 'admin' });
    const script = handsOf(server.client, ofBob.secret);
    const ofScript = await script.write<TokenCreated>('POST', '/tokens', { name: 'of his script', role: 'viewer' });
    const ofAda = await ada.expect<TokenCreated>(201, 'POST', '/tokens', { name: 'of Ada', role: 'viewer' });
    const maker = `person:${await idOf(BOB.email)}`;
    expect([ofBob.createdById, ofScript.createdById]).toEqual([maker, `token:${ofBob.id}`]);
    const { items } = await ada.expect<{ items: Token[] }>(200, 'GET', `/tokens?maker=${maker}`);
    expect(items.map(({ id }) => id).sort()).toEqual([ofBob.id, ofScript.id].sort());
    const works = async () =>
      Promise.all(
        [ofBob, ofScript, ofAda].map(
          async ({ secret }) => (await handsOf(server.client, secret).send('GET', '/projects')).status,
        ),
      );

    expect((await edit(ada, BOB.email, { revokeTokens: true })).status).toBe(400);
    expect((await edit(ada, BOB.email, { disabled: true })).status).toBe(200);
    expect(await works()).toEqual([200, 200, 200]);
    expect((await edit(ada, BOB.email, { disabled: true, revokeTokens: true })).status).toBe(200);
    expect(await works()).toEqual([401, 401, 200]);
    expect((await edit(ada, BOB.email, { disabled: false })).status).toBe(200);
    expect(await works()).toEqual([401, 401, 200]);
    await bob.signIn(BOB.email, BOB.password);
  });

  it('leave every act in the installation’s audit chain, by name, and no e-mail address of a failed sign-in anywhere', async () => {
    await openBrowser(server).expect(401, 'POST', '/session', {
      email: 'stranger@else.example',
      password: 'whatever it is',
    });
    await server.stop();
    const database = await place.open(captureLog().logger);
    const entries = await rows(
      database.db,
      sql<{ body: string }>`select body from audit_entries where chain = 'installation' order by number`,
    );
    const all = entries.map(({ body }) => JSON.parse(body) as { actor: string; action: string });
    const acts = new Set(all.map(({ actor, action }) => `${actor}: ${action}`));
    for (const act of [
      'Ada: setup',
      'Ada: invitation.create',
      'Bob: invitation.accept',
      'Bob: person.edit',
      'Ada: person.reset',
      'Eve: password.reset',
      'Eve: invitation.accept',
      'Bob: invitation.revoke',
      'Bob: me.edit',
      'Ada: person.edit',
    ])
      expect([...acts]).toContain(act);
    expect(JSON.stringify([entries, server.log.lines])).not.toContain('stranger@else.example');
    await database.close();
  });
});
