/** Ada looks after her account: where she is signed in, an authenticator app, her password. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { type Desk, openDesk } from './desk.ts';
import { ADA, openOffice, signIn } from './office.ts';
import { totpCode } from './totp-code.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0';
const NEW_PASSWORD = 'punched cards in a long row';

it('Ada signs out another browser, turns two-step sign-in on, uses it, and changes her password', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['production'] });
  const here = await office.seat(office.ada);
  const there = await openDesk(scene, office.browser, office.server.url, { userAgent: FIREFOX });
  await signIn(there, ADA);

  await signOutElsewhere(here, there);
  const { secret, recoveryCodes } = await turnOnTwoStep(here);
  await signOut(here.page);
  await giveCode(here, secret);
  await giveRecoveryCode(there, recoveryCodes);
  await changePassword(here, there);
  await turnOffTwoStep(here);
  await signIn(there, { email: ADA.email, password: NEW_PASSWORD });
  await there.page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
  await signOut(there.page);
  await there.page.goBack();
  await there.page.getByRole('heading', { name: 'Sign in' }).waitFor();
}, 180_000);

async function signOutElsewhere({ page, keep, expectAccessible }: Desk, there: Desk): Promise<void> {
  await page.goto('/account');
  const other = page.getByRole('listitem').filter({ hasText: 'Firefox on Windows' });
  await other.getByText('127.0.0.1').waitFor();
  const own = page.getByRole('listitem').filter({ hasText: 'This one' });
  expect(await own.getByRole('button').count()).toBe(0);
  await expectAccessible();
  await keep('account');
  await other.getByRole('button', { name: 'Sign out Firefox on Windows' }).click();
  await page.getByText('Firefox on Windows is signed out').waitFor();
  await other.waitFor({ state: 'detached' });
  await there.page.getByRole('link', { name: 'Segments' }).click();
  await there.page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

async function turnOnTwoStep({ page, keep, expectAccessible }: Desk) {
  await page.getByRole('button', { name: 'Set up' }).click();
  const password = page.getByRole('dialog', { name: 'Set up two-step sign-in' });
  await password.getByLabel('Your password').fill('not this one at all');
  await password.getByRole('button', { name: 'Continue' }).click();
  await password.getByLabel('Your password').and(page.locator('[aria-invalid=true]')).waitFor();
  await expectAccessible();
  await password.getByLabel('Your password').fill(ADA.password);
  await password.getByRole('button', { name: 'Continue' }).click();

  const app = page.getByRole('dialog', { name: 'Connect your app' });
  await app.getByRole('img', { name: /^QR code/ }).waitFor();
  const secret = ((await app.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/).textContent()) ?? '').replaceAll(' ', '');
  await app.getByLabel('Code', { exact: true }).fill(totpCode(secret));
  await expectAccessible();
  await keep('two-step');
  await app.getByRole('button', { name: 'Turn on' }).click();

  const codes = page.getByRole('dialog', { name: 'Keep your recovery codes' });
  await codes.getByRole('list', { name: 'Recovery codes' }).waitFor();
  const recoveryCodes = await codes
    .getByRole('list', { name: 'Recovery codes' })
    .getByRole('listitem')
    .allTextContents();
  expect(new Set(recoveryCodes).size).toBe(10);
  await expectAccessible();
  await codes.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('Two-step sign-in is on', { exact: true }).waitFor();
  await page.getByText('Signing in with your password asks for a code.').waitFor();
  return { secret, recoveryCodes };
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account of' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

/** The password alone opens nothing. */
async function provePassword(page: Page, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(ADA.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function giveCode({ page, keep, expectAccessible }: Desk, secret: string): Promise<void> {
  await provePassword(page, ADA.password);
  await page.getByRole('heading', { name: 'One more step' }).waitFor();
  expect((await page.request.get('/api/v1/session')).status()).toBe(401);
  const code = page.getByLabel('Code', { exact: true });
  // The one that turned it on was used: it is good no more.
  await code.fill(totpCode(secret, -9));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await code.and(page.locator('[aria-invalid=true]')).waitFor();
  await expectAccessible();
  await keep('code');
  await code.fill(totpCode(secret, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
}

/** Each is good once. */
async function giveRecoveryCode({ page, expectAccessible }: Desk, codes: readonly string[]): Promise<void> {
  const give = async (code: string) => {
    await provePassword(page, ADA.password);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(code);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };
  await give(codes[0] ?? '');
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
  await signOut(page);
  await give(codes[0] ?? '');
  await page.getByLabel('Recovery code').and(page.locator('[aria-invalid=true]')).waitFor();
  await expectAccessible();
  await page.getByLabel('Recovery code').fill(codes[1] ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
}

async function changePassword({ page, expectAccessible }: Desk, there: Desk): Promise<void> {
  await page.goto('/account');
  await page.getByLabel('Present password').fill(ADA.password);
  await page.getByLabel('New password').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('Your password is changed').waitFor();
  await expectAccessible();
  await there.page.getByRole('link', { name: 'Segments' }).click();
  await there.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await provePassword(there.page, ADA.password);
  await there.page.getByRole('alert').waitFor();
  await there.expectAccessible();
}

async function turnOffTwoStep({ page, expectAccessible }: Desk): Promise<void> {
  await page.getByRole('button', { name: 'Turn off' }).click();
  const dialog = page.getByRole('dialog', { name: 'Turn two-step sign-in off?' });
  await dialog.getByLabel('Your password').fill(NEW_PASSWORD);
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('Two-step sign-in is off', { exact: true }).waitFor();
}
