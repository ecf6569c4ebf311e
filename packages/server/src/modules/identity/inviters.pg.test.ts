/** Invitations of those who lose rights, and what refusals tell of places that may not be seen. */
import type { InvitationCreated, Person, TokenCreated } from '@flaghoist/protocol/management';
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
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { handsOf, type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../../../test-support/started.ts';

const adminOf = (environment: string | null, project = 'shop') => ({ role: 'admin', project, environment });

describe.each(DATABASE_KINDS)('inviters over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;
  let bob: Browser;
  let bobId: string;

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place);
    ada = await setUpAccount(server, ADA);
    for (const key of ['shop', 'blog'])
      await ada.expect(201, 'POST', '/projects', { key, environments: ['production', 'staging'] });
    bob = await join(server, ada, BOB, [adminOf(null)]);
    bobId = (await bob.expect<{ person: Person }>(200, 'GET', '/session')).person.id;
  });
  afterAll(() => stopCleanly({ place, server }));

  const invite = async (environment: string | null, email: string = EVE.email): Promise<string> =>
    secretOf(
      await bob.expect<InvitationCreated>(201, 'POST', '/invitations', { email, grants: [adminOf(environment)] }),
    );
  const edit = (body: object) => ada.expect<Person>(200, 'PATCH', `/people/${bobId}`, body, { ifMatch: '*' });
  const read = async (secret: string): Promise<number> =>
    (await openBrowser(server).send('POST', '/invitations/read', { secret })).status;

  it('who may no longer give what they offered leave links that open nothing, until they may again', async () => {
    const [wide, narrow] = [await invite(null), await invite('staging')];
    await edit({ grants: [adminOf('staging')] });
    expect([await read(wide), await read(narrow)]).toEqual([403, 200]);
    const accept = { secret: wide, name: EVE.name, password: EVE.password };
    const refused = await openBrowser(server).send('POST', '/invitations/accept', accept);
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      403,
      expect.objectContaining({ code: 'link_invalid' }),
    ]);
    await edit({ disabled: true });
    expect(await read(narrow)).toBe(403);
    await edit({ disabled: false, grants: [adminOf(null)] });
    bob = openBrowser(server);
    await bob.signIn(BOB.email, BOB.password);
    expect([await read(wide), await read(narrow)]).toEqual([200, 200]);
  });

  it('that are tokens keep their invitations when they run out, and lose them when they are revoked', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const token = await ada.expect<TokenCreated>(201, 'POST', '/tokens', { name: 'ci', role: 'admin', expiresAt });
    const grants = everywhere('viewer');
    const created = await handsOf(server.client, token.secret).write<InvitationCreated>('POST', '/invitations', {
      email: 'by-token@shop.example',
      grants,
    });
    await new Promise((resolve) => setTimeout(resolve, new Date(expiresAt).getTime() - Date.now() + 50));
    expect(await read(secretOf(created))).toBe(200);
    await ada.expect(200, 'POST', `/tokens/${token.id}/revoke`);
    expect(await read(secretOf(created))).toBe(403);
  });

  it('are not told which places there are beyond what they see', async () => {
    await edit({ grants: [adminOf('staging')] });
    const about = async (method: string, path: string, body?: object) => {
      const { status, text } = await bob.send(method, path, body, { ifMatch: '*' });
      return [status, text.replaceAll(/production|nowhere|blog/g, '…')];
    };
    const give = (grant: object) => ({ email: EVE.email, grants: [grant] });
    const key = (environment: string) => ({ kind: 'server', environments: [environment] });
    for (const [hidden, missing] of [
      [adminOf('production'), adminOf('nowhere')],
      [adminOf(null, 'blog'), adminOf(null, 'nowhere')],
      [adminOf('staging', 'blog'), adminOf('staging', 'nowhere')],
    ] as const) {
      const told = await about('POST', '/invitations', give(hidden));
      expect(told[0]).toBe(400);
      expect(told).toEqual(await about('POST', '/invitations', give(missing)));
      const edited = await about('PATCH', `/people/${bobId}`, { grants: [hidden] });
      expect(edited).toEqual(await about('PATCH', `/people/${bobId}`, { grants: [missing] }));
    }
    const made = await about('POST', '/projects/shop/keys', key('production'));
    expect(made).toEqual(await about('POST', '/projects/shop/keys', key('nowhere')));
    const listed = await about('GET', '/projects/shop/keys?environment=production');
    expect(listed).toEqual(await about('GET', '/projects/shop/keys?environment=nowhere'));
    expect([made[0], listed[0]]).toEqual([400, 400]);
  });
});
