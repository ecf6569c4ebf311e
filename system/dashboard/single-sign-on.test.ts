/** People sign in with the account that they have at work: a real identity provider, in a process of its own. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startProgram } from '../child-program.ts';
import { openScene, type Scene } from '../scene.ts';
import { chooseOption, chooseSuggestion } from './choosing.ts';
import { type Desk, openDesk } from './desk.ts';
import { openOffice } from './office.ts';

const PROVIDER = fileURLToPath(new URL('../programs/identity-provider.mjs', import.meta.url));
const GRACE = 'grace@shop.example';
const MALLORY = 'mallory@elsewhere.example';
const UNPROVEN = 'somebody@shop.example';
const ACCOUNTS = {
  [GRACE]: { name: 'Grace Hopper', groups: ['backend', 'choir'] },
  [UNPROVEN]: { name: 'Some Body', email_verified: false },
};
const FLAG = '/projects/shop/flags/checkout?env=staging';

interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

it('Ada connects the identity provider; Grace comes in with the roles of her group, others learn why not', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await office.api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  const provider = await startProvider(scene, `${office.server.url}/api/v1/sign-in/shop-id/callback`);
  const ada = await office.seat(office.ada);
  await connect(ada, provider, office.server.url);

  const visitor = () => openDesk(scene, office.browser, office.server.url, { visits: [provider.issuer] });
  await comeIn(await visitor());
  await turnAway(await visitor(), MALLORY, 'Your e-mail address is of a domain that may not sign in this way');
  await turnAway(await visitor(), UNPROVEN, 'Shop ID did not vouch for your e-mail address');
  await lookAtPeople(ada);
  await archive(ada);
  const last = await visitor();
  await last.page.goto('/');
  await last.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect(await last.page.getByRole('link', { name: 'Continue with Shop ID' }).count()).toBe(0);
}, 180_000);

async function startProvider(scene: Scene, redirectUri: string): Promise<Provider> {
  const program = startProgram(scene, { args: [PROVIDER, JSON.stringify({ redirectUri, accounts: ACCOUNTS })] });
  return JSON.parse(await program.line('the provider', 30_000, (line) => line.startsWith('{'))) as Provider;
}

async function connect({ page, keep, expectAccessible }: Desk, provider: Provider, url: string): Promise<void> {
  await page.goto('/single-sign-on');
  await page.getByText('People sign in by password so far').waitFor();
  await expectAccessible();
  await page.getByRole('button', { name: 'Add a connection' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add a connection' });
  await dialog.getByLabel('Name', { exact: true }).fill('Shop ID');
  expect(await dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('shop-id');
  await dialog.getByText(`${url}/api/v1/sign-in/shop-id/callback`).first().waitFor();
  await dialog.getByLabel('Issuer').fill(provider.issuer);
  await dialog.getByLabel('Client ID').fill(provider.clientId);
  await dialog.getByLabel('Client secret').fill(provider.clientSecret);
  await dialog.getByText('Without a domain the provider speaks for everybody').waitFor();
  await dialog.getByRole('combobox', { name: 'Domains' }).fill('shop.example');
  await page.keyboard.press('Enter');
  await dialog.getByText('Without a domain the provider speaks for everybody').waitFor({ state: 'detached' });

  await dialog.getByRole('switch', { name: 'Create accounts for people whom nobody has invited' }).click();
  await dialog.getByRole('button', { name: 'Add a role' }).click();
  await chooseSuggestion(dialog.getByRole('combobox', { name: 'Project of role 1', exact: true }), 'Shop');
  await dialog.getByRole('switch', { name: 'Give roles by the provider’s groups' }).click();
  await dialog.getByRole('button', { name: 'Add a group' }).click();
  await dialog.getByLabel('Group', { exact: true }).fill('backend');
  await chooseOption(dialog.getByRole('combobox', { name: 'Kind of role 1 by group' }), 'Editor');
  await chooseSuggestion(dialog.getByRole('combobox', { name: 'Project of role 1 by group' }), 'Shop');
  await chooseOption(dialog.getByRole('combobox', { name: 'Environment of role 1 by group' }), 'staging');
  await expectAccessible();
  await keep('connection');
  await dialog.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Shop ID is connected').waitFor();
  await page.getByRole('list', { name: 'Connections' }).getByText('Get an account: Viewer in Shop').waitFor();
  await expectAccessible();
  await keep('single-sign-on');
}

/** From the link to a flag that somebody sent her, by the provider, to that flag. */
async function comeIn({ page, keep, expectAccessible }: Desk): Promise<void> {
  await page.goto(FLAG);
  await page.getByRole('link', { name: 'Continue with Shop ID' }).waitFor();
  await expectAccessible();
  await keep('sign-in');
  await page.getByRole('link', { name: 'Continue with Shop ID' }).click();
  await sayWho(page, GRACE);
  await page.waitForURL(`**${FLAG}`);
  await page.getByRole('switch', { name: 'checkout in staging' }).click();
  await page.getByText('On in staging', { exact: true }).last().waitFor();
  expect(await page.getByRole('switch', { name: 'checkout in production' }).isDisabled()).toBe(true);
  await page.goto('/account');
  await page.getByText('Viewer in Shop', { exact: true }).waitFor();
  await page.getByText('Editor in Shop, staging', { exact: true }).waitFor();
  await expectAccessible();
}

async function sayWho(page: Desk['page'], email: string): Promise<void> {
  await page.getByRole('heading', { name: 'Shop ID' }).waitFor();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function turnAway({ page, keep, expectAccessible }: Desk, email: string, why: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Continue with Shop ID' }).click();
  await sayWho(page, email);
  await page.getByRole('alert').getByText(why).waitFor();
  await expectAccessible();
  await keep(`turned-away-${email === MALLORY ? 'domain' : 'unverified'}`);
  expect((await page.request.get('/api/v1/session')).status()).toBe(401);
}

async function lookAtPeople({ page }: Desk): Promise<void> {
  await page.goto('/people');
  const row = page.getByRole('row').filter({ hasText: GRACE });
  await row.getByText('Grace Hopper').waitFor();
  await row.getByRole('cell', { name: 'Viewer in Shop · Editor in Shop, staging', exact: true }).waitFor();
  for (const email of [MALLORY, UNPROVEN]) expect(await page.getByText(email).count()).toBe(0);
}

async function archive({ page, expectAccessible }: Desk): Promise<void> {
  await page.goto('/single-sign-on');
  await page.getByRole('button', { name: 'Archive Shop ID' }).click();
  const dialog = page.getByRole('dialog', { name: 'Archive Shop ID?' });
  await dialog.getByRole('textbox').fill('shop-id');
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Archive', exact: true }).click();
  await page.getByText('People sign in by password so far').waitFor();
}
