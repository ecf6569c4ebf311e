/** The second step of signing in. */
import type { Session, SignIn, TotpBegun } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, type Browser, openBrowser, setUpAccount } from '../../../test-support/browser.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../../../test-support/started.ts';
import { totpCode, totpStep } from './totp.ts';

const PASSWORD = { email: ADA.email, password: ADA.password };
const codeOf = (answer: { readonly text: string }): string => (JSON.parse(answer.text) as { code: string }).code;

function decodeBase32(text: string): Buffer {
  const bits = Array.from(text).map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe.each(DATABASE_KINDS)('a second factor over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;
  let begun: TotpBegun;
  let lastStep = 0;

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place);
    ada = await setUpAccount(server);
  });
  afterAll(() => stopCleanly({ place, server }));

  /** A code that is good now and was not used: the app's of this moment, or of a neighbouring step. */
  function nextCode(): string {
    lastStep = Math.max(lastStep + 1, totpStep(new Date()) - 1);
    return totpCode(decodeBase32(begun.secret), lastStep);
  }

  async function firstStep(): Promise<Browser> {
    const browser = openBrowser(server);
    const { state, session } = await browser.expect<SignIn>(201, 'POST', '/session', PASSWORD);
    expect([state, session]).toEqual(['code needed', null]);
    expect([...browser.cookies.keys()]).toEqual(['flaghoist-code']);
    return browser;
  }

  it('changes nothing until a code has confirmed it', async () => {
    const wrong = await ada.send('POST', '/me/totp', { password: 'not the password' });
    expect([wrong.status, codeOf(wrong)]).toEqual([403, 'password_wrong']);
    const early = await ada.send('POST', '/me/totp/confirm', { code: '123456' });
    expect([early.status, codeOf(early)]).toEqual([404, 'not_found']);
    await ada.expect<TotpBegun>(201, 'POST', '/me/totp', { password: ADA.password });
    begun = await ada.expect<TotpBegun>(201, 'POST', '/me/totp', { password: ADA.password });
    expect(begun.uri).toContain(`secret=${begun.secret}`);
    expect(new Set(begun.recoveryCodes).size).toBe(10);
    const unconfirmed = await ada.send('POST', '/me/totp/confirm', { code: '000000' });
    expect([unconfirmed.status, codeOf(unconfirmed)]).toEqual([403, 'code_wrong']);
    expect((await openBrowser(server).signIn(ADA.email, ADA.password)).person.totp).toBe(false);
    const session = await ada.expect<Session>(200, 'POST', '/me/totp/confirm', { code: nextCode() });
    expect(session.person.totp).toBe(true);
    const again = await ada.send('POST', '/me/totp', { password: ADA.password });
    expect([again.status, codeOf(again)]).toEqual([409, 'already_exists']);
  });

  it('lets nobody in with the password alone: the first step’s cookie is no session', async () => {
    const browser = await firstStep();
    await browser.expect(401, 'GET', '/session');
    browser.cookies.set('flaghoist', browser.cookies.get('flaghoist-code') ?? '');
    await browser.expect(401, 'GET', '/session');
  });

  it('takes a code of the app, once', async () => {
    const code = nextCode();
    const [browser, thief] = [await firstStep(), await firstStep()];
    const both = await Promise.all([browser, thief].map((one) => one.send('POST', '/session/code', { code })));
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 401]);
    const replayed = await (await firstStep()).send('POST', '/session/code', { code });
    expect([replayed.status, codeOf(replayed)]).toEqual([401, 'sign_in_failed']);
    expect(replayed.headers['set-cookie']).toBeUndefined();
  });

  it('takes no code without the first step, or after it was spent', async () => {
    const stranger = await openBrowser(server).send('POST', '/session/code', { code: nextCode() });
    expect([stranger.status, codeOf(stranger)]).toEqual([401, 'sign_in_failed']);
    const forged = openBrowser(server);
    const spent = await firstStep();
    const ticket = spent.cookies.get('flaghoist-code') ?? '';
    const [code = '', other = ''] = begun.recoveryCodes;
    await spent.expect(201, 'POST', '/session/code', { code });
    for (const cookie of [ticket, ticket.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')), 'j:{}']) {
      forged.cookies.set('flaghoist-code', cookie);
      await forged.expect(401, 'POST', '/session/code', { code: other });
    }
  });

  it('takes each recovery code once, however it is typed', async () => {
    const [used = '', , fresh = ''] = begun.recoveryCodes;
    await (await firstStep()).expect(401, 'POST', '/session/code', { code: used });
    const typed = fresh.replaceAll('-', ' ').toUpperCase();
    await (await firstStep()).expect(201, 'POST', '/session/code', { code: typed });
    await (await firstStep()).expect(401, 'POST', '/session/code', { code: fresh });
  });

  it('answers a retry with its idempotency key, though the code is used by then', async () => {
    const browser = await firstStep();
    const [, , , code = ''] = begun.recoveryCodes;
    const request = { idempotencyKey: 'code-that-lost-its-answer' };
    const first = await browser.send('POST', '/session/code', { code }, request);
    expect(first.status).toBe(201);
    expect((await browser.send('POST', '/session/code', { code }, request)).text).toBe(first.text);
  });

  it('stays one after a password reset', async () => {
    const { person } = await ada.expect<Session>(200, 'GET', '/session');
    const { link } = await ada.expect<{ link: string }>(201, 'POST', `/people/${person.id}/reset`);
    const [browser, before] = [openBrowser(server), await firstStep()];
    const body = { secret: link.split('#')[1], password: ADA.password };
    expect(await browser.expect<SignIn>(201, 'POST', '/password/reset', body)).toEqual({
      state: 'code needed',
      session: null,
    });
    const [, , , , code = ''] = begun.recoveryCodes;
    // Whoever began with the old password does not go on with it.
    await before.expect(401, 'POST', '/session/code', { code });
    await browser.expect(201, 'POST', '/session/code', { code });
    ada = browser;
  });

  it('limits guessing: after five wrong codes one has to wait', async () => {
    const browser = await firstStep();
    for (let i = 0; i < 5; i++) await browser.expect(401, 'POST', '/session/code', { code: 'wrong code' });
    const sixth = await browser.send('POST', '/session/code', { code: begun.recoveryCodes[9] });
    expect([sixth.status, codeOf(sixth)]).toEqual([429, 'too_many_attempts']);
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(20);
  });

  it('is removed with the password, and with it its recovery codes', async () => {
    await ada.expect(403, 'POST', '/me/totp/remove', { password: 'not the password' });
    const session = await ada.expect<Session>(200, 'POST', '/me/totp/remove', { password: ADA.password });
    expect(session.person.totp).toBe(false);
    await openBrowser(server).signIn(ADA.email, ADA.password);
  });
});
