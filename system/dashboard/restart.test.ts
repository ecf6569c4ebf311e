/** The server dies under an open page, and comes back: nobody loses an edit, and nothing is said that is not known. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { FlagConfiguration } from '../management-api.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import type { Desk } from './desk.ts';
import { addValue, openRule, ruleList, saveFlag, unsaved } from './flag-editing.ts';
import { type Office, openOffice } from './office.ts';

const PATH = '/projects/shop/environments/staging/flags/checkout';
const RULES = [
  { id: 'germany', conditions: [{ attribute: 'country', operator: 'in', values: ['DE'] }], serve: { variant: 'on' } },
];
const BACK_WITHIN_MS = 40_000;

it('Ada goes on editing while the server is killed and started again, and saves afterwards', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const office = await openOffice(scene, { data });
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await office.api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  await office.api.configure('shop', 'staging', 'checkout', { rules: RULES });
  // Requests that find nobody are put on the console.
  const ada = await office.seat(office.ada, { expects: /net::ERR_/ });
  const { page } = ada;
  await page.goto('/projects/shop/flags/checkout?env=staging');
  await page.getByRole('button', { name: /^Connected\./ }).waitFor();
  await openRule(page, /country is DE/);
  await addValue(page, 'country', 'AT');

  // What says how things went is fetched a moment after the page; whoever loses the server before hears of it when it is back.
  await page.getByRole('region', { name: 'Notifications' }).waitFor({ state: 'attached' });
  await office.server.kill();
  await stayCalm(ada);
  await trySwitch(page);
  await trySave(page);
  // This part of the page was never looked at, and nobody is there to send it.
  await page.getByRole('tab', { name: 'History' }).click();

  const again = await startServer(scene, { data, port: office.server.port });
  expect(again.url).toBe(office.server.url);
  await page.getByRole('button', { name: /^Connected\./ }).waitFor({ timeout: BACK_WITHIN_MS });
  await page.getByRole('tabpanel', { name: 'History' }).getByRole('listitem').first().waitFor();
  await page.getByRole('tab', { name: 'Targeting' }).click();
  expect(await theSwitch(page).isChecked()).toBe(false);
  await ruleList(page)
    .getByRole('button', { name: /country is one of DE, AT/ })
    .waitFor();
  await saveFlag(page);
  const saved = await office.api.get<FlagConfiguration & { readonly rules: unknown }>(PATH);
  expect(saved).toMatchObject({ enabled: false, rules: [{ conditions: [{ values: ['DE', 'AT'] }] }] });
  await switchWithoutAnswer(page, office, saved.revision);
  // What others do arrives again.
  await office.api.configure('shop', 'production', 'checkout', { enabled: true });
  await page.getByRole('switch', { name: 'checkout in production', checked: true }).waitFor();
}, 180_000);

/** The page says how it stands, keeps what was edited, and goes on taking edits. */
async function stayCalm({ page, keep, expectAccessible }: Desk): Promise<void> {
  await page.getByRole('button', { name: /^(Connecting|Offline)\./ }).waitFor();
  await unsaved(page).getByText('1 change').waitFor();
  await page.getByRole('region', { name: 'Default' }).getByRole('button', { name: 'Rollout' }).click();
  await unsaved(page).getByText('2 changes').waitFor();
  await unsaved(page).getByRole('button', { name: 'Undo' }).click();
  await unsaved(page).getByText('1 change').waitFor();
  await expectAccessible();
  await keep('reconnecting');
}

function theSwitch(page: Page) {
  return page.getByRole('switch', { name: 'checkout in staging' });
}

async function trySwitch(page: Page): Promise<void> {
  await theSwitch(page).click();
  const told = page.getByRole('region', { name: 'Notifications' });
  await told.getByText('No answer came, so it is not known whether this was saved.', { exact: false }).waitFor();
  await page.getByRole('switch', { name: 'checkout in staging', checked: false }).waitFor();
}

async function trySave(page: Page): Promise<void> {
  await unsaved(page).getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('main').getByRole('alert').getByText('The server cannot be reached').waitFor();
  await unsaved(page).getByText('1 change').waitFor();
}

/** The server did it, and its answer was lost on the way: the page asks again by the same name, so it is done once. */
async function switchWithoutAnswer(page: Page, { api }: Office, revision: number): Promise<void> {
  let lost = 0;
  await page.route('**/environments/staging/flags/checkout', async (route) => {
    if (route.request().method() !== 'PATCH' || lost > 0) return route.fallback();
    lost += 1;
    expect((await route.fetch()).status()).toBe(200);
    return route.abort('connectionreset');
  });
  await theSwitch(page).click();
  await page.getByText('On in staging', { exact: true }).last().waitFor();
  await page.getByText(`Saved as revision ${revision + 1}.`).waitFor();
  expect(lost).toBe(1);
  expect(await api.get(PATH)).toMatchObject({ enabled: true, revision: revision + 1 });
}
