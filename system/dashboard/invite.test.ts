/** Somebody is invited, does what she may, gets to do more and then less again, and is shown out. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ManagementApi } from '../management-api.ts';
import { openScene } from '../scene.ts';
import { type Desk, openDesk } from './desk.ts';
import { openOffice } from './office.ts';
import { chooseOption, chooseSuggestion } from './choosing.ts';

const VERA = { name: 'Vera Rubin', email: 'vera@shop.example', password: 'galaxies turn too fast' };
const RULES = [
  { id: 'germany', conditions: [{ attribute: 'country', operator: 'in', values: ['DE'] }], serve: { variant: 'on' } },
];
const FLAG = '/projects/shop/flags/checkout';

it('Ada invites Vera to look, lets her edit staging, and disables her', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await fill(office.api);
  const ada = await office.seat(office.ada);
  const link = await invite(ada);

  const vera = await openDesk(scene, office.browser, office.server.url);
  await accept(vera, link);
  await lookAround(vera);
  await tryToWrite(vera.page, 403);

  await makeEditorOfStaging(ada);
  await editStagingOnly(vera);
  const staging = await office.api.get('/projects/shop/environments/staging/flags/checkout');
  expect(staging).toMatchObject({ enabled: true });
  await tryToWrite(vera.page, 403);

  await takeStaging(office.api);
  await noticeIt(vera);

  await disable(ada);
  await vera.page.getByRole('link', { name: 'Segments' }).click();
  await vera.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await vera.page.getByLabel('E-mail').fill(VERA.email);
  await vera.page.getByLabel('Password', { exact: true }).fill(VERA.password);
  await vera.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await vera.page.getByRole('alert').waitFor();
  expect(new URL(vera.page.url()).pathname).toBe('/sign-in');
}, 180_000);

async function fill(api: ManagementApi): Promise<void> {
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await api.write('POST', '/projects', { key: 'secret', name: 'Secret plans', environments: ['production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  await api.configure('shop', 'production', 'checkout', { rules: RULES });
}

async function invite({ page, keep, expectAccessible }: Desk): Promise<string> {
  await page.goto('/people');
  await page.getByText('Nobody else is here yet').waitFor();
  await expectAccessible();
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('E-mail').fill(VERA.email);
  await chooseSuggestion(dialog.getByRole('combobox', { name: 'Project of role 1' }), 'Shop');
  await expectAccessible();
  await keep('invite');
  await dialog.getByRole('button', { name: 'Create the link' }).click();
  const made = page.getByRole('dialog', { name: `Invitation for ${VERA.email}` });
  const link = await made.getByText(/^http.*\/invitation#/).textContent();
  await expectAccessible();
  await made.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('tab', { name: /Invitations/ }).click();
  await page.getByRole('table').getByText(VERA.email).waitFor();
  await expectAccessible();
  return link ?? '';
}

async function accept({ page, keep, expectAccessible }: Desk, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('heading', { name: 'You are invited' }).waitFor();
  await page.getByText('Viewer in shop').waitFor();
  await page.getByLabel('Your name').fill(VERA.name);
  await page.getByLabel('Password', { exact: true }).fill(VERA.password);
  await expectAccessible();
  await keep('invitation');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.waitForURL('**/projects/shop/flags');
}

/** Everything is there to be read; nothing can be changed. */
async function lookAround({ page, expectAccessible }: Desk): Promise<void> {
  await page.getByRole('link', { name: 'checkout', exact: true }).waitFor();
  await expectNoSwitchWorks(page);
  expect(await page.getByRole('link', { name: 'New flag' }).count()).toBe(0);
  await expectAccessible();

  await page.goto(`${FLAG}?env=production`);
  await page.getByText('You may look at production, not change it').waitFor();
  await page
    .getByRole('list', { name: 'Rules' })
    .getByRole('button', { name: /country is DE/ })
    .click();
  await expectNoSwitchWorks(page);
  for (const name of [/^Add/, 'Save', 'More for this flag', /^More for rule/, /^Drag/])
    expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0);
  await expectAccessible();

  await page.goto('/projects');
  await page.getByRole('link', { name: /Shop/ }).first().waitFor();
  expect(await page.getByText('Secret plans').count()).toBe(0);
  await page.goto('/projects/secret/flags');
  await page.getByText('There is nothing here').waitFor();
  await expectAccessible();
  await page.goto('/people');
  await page.getByText('People are shown to admins').waitFor();
  await expectAccessible();
}

async function expectNoSwitchWorks(page: Page): Promise<void> {
  const switches = await page.getByRole('switch').all();
  expect(switches.length).toBeGreaterThan(0);
  for (const one of switches) expect(await one.isDisabled()).toBe(true);
}

/** What a page does not offer, its session can still ask for. */
async function tryToWrite(page: Page, status: number): Promise<void> {
  const session = await page.request.get('/api/v1/session');
  const { csrf } = (await session.json()) as { readonly csrf: string };
  const answer = await page.request.patch('/api/v1/projects/shop/environments/production/flags/checkout', {
    data: { enabled: true },
    headers: {
      'flaghoist-csrf': csrf,
      'if-match': '*',
      origin: new URL(page.url()).origin,
      'sec-fetch-site': 'same-origin',
    },
  });
  expect(answer.status(), await answer.text()).toBe(status);
}

async function openVera({ page }: Desk): Promise<void> {
  await page.goto('/people');
  await page.getByRole('table', { name: 'People' }).getByRole('link', { name: VERA.name }).click();
  await page.getByRole('dialog', { name: VERA.name, exact: true }).waitFor();
}

async function makeEditorOfStaging(desk: Desk): Promise<void> {
  const { page, keep, expectAccessible } = desk;
  await openVera(desk);
  const drawer = page.getByRole('dialog', { name: VERA.name, exact: true });
  await drawer.getByRole('button', { name: 'Add a role' }).click();
  await chooseOption(drawer.getByRole('combobox', { name: 'Kind of role 2' }), 'Editor');
  await chooseSuggestion(drawer.getByRole('combobox', { name: 'Project of role 2' }), 'Shop');
  await chooseOption(drawer.getByRole('combobox', { name: 'Environment of role 2' }), 'staging');
  await expectAccessible();
  await keep('person');
  await drawer.getByRole('button', { name: 'Save the roles' }).click();
  await page.getByText(`${VERA.name}’s roles are saved`).waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('cell', { name: 'Viewer in Shop · Editor in Shop, staging', exact: true }).waitFor();
  await keep('people');
  await expectAccessible();
}

async function editStagingOnly({ page, expectAccessible }: Desk): Promise<void> {
  await page.goto(`${FLAG}?env=staging`);
  await page.getByRole('button', { name: 'Add rule' }).first().waitFor();
  expect(await page.getByRole('switch', { name: 'checkout in production' }).isDisabled()).toBe(true);
  await page.getByRole('switch', { name: 'checkout in staging' }).click();
  await page.getByText('On in staging', { exact: true }).last().waitFor();
  await expectAccessible();
  await page
    .getByRole('navigation', { name: 'Environments' })
    .getByRole('link', { name: /production/ })
    .click();
  await page.getByText('You may look at production, not change it').waitFor();
  expect(await page.getByRole('button', { name: 'Add rule' }).count()).toBe(0);
}

async function takeStaging(api: ManagementApi): Promise<void> {
  const people = await api.list<{ readonly id: string; readonly email: string }>('/people');
  const path = `/people/${people.find(({ email }) => email === VERA.email)?.id}`;
  const ifMatch = (await api.send('GET', path)).headers.get('etag') ?? '';
  const grants = [{ role: 'viewer', project: 'shop', environment: null }];
  await api.write('PATCH', path, { grants }, { ifMatch });
}

/** Her page still offers what she could do; the first refusal teaches it better. */
async function noticeIt({ page }: Desk): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Environments' })
    .getByRole('link', { name: /staging/ })
    .click();
  await page.getByRole('switch', { name: 'checkout in staging' }).click();
  await page.getByText('Your role does not allow this').first().waitFor();
  await page.getByText('You may look at staging, not change it').waitFor();
  await expectNoSwitchWorks(page);
}

async function disable(desk: Desk): Promise<void> {
  const { page, expectAccessible } = desk;
  await openVera(desk);
  await page.getByRole('dialog', { name: VERA.name, exact: true }).getByRole('button', { name: 'Disable' }).click();
  const dialog = page.getByRole('dialog', { name: `Disable ${VERA.name}?` });
  await dialog.waitFor();
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await page.getByText(`${VERA.name} is disabled`).waitFor();
}
