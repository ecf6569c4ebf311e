/** Two people at the same flag: they see each other, and nothing that either of them does is lost. */
import { expect, it } from 'vitest';
import type { ManagementApi } from '../management-api.ts';
import { openScene } from '../scene.ts';
import type { Desk } from './desk.ts';
import { addValue, openRule, saveFlag, unsaved } from './flag-editing.ts';
import { openOffice } from './office.ts';

const PATH = '/projects/shop/environments/production/flags/checkout';
const PAGE = '/projects/shop/flags/checkout?env=production';
const condition = (attribute: string, value: string) => ({ attribute, operator: 'in', values: [value] });
const RULES = [
  { id: 'germany', conditions: [condition('country', 'DE')], serve: { variant: 'on' } },
  { id: 'paying', conditions: [condition('plan', 'pro')], serve: { variant: 'on' } },
];

it('Ada and Bob edit the same flag', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  const { api } = office;
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  await api.configure('shop', 'production', 'checkout', { rules: RULES });
  const bob = await office.employ('Bob', [{ role: 'editor', project: 'shop', environment: null }]);
  const both = [await office.seat(office.ada), await office.seat(bob)] as const;
  for (const { page } of both) {
    await page.goto(PAGE);
    await openRule(page, /country is DE/);
    await openRule(page, /plan is pro/);
  }
  await meet(...both);
  await followLive(...both);
  await mergeDifferentRules(...both, api);
  await chooseMine(...both, api);
  await chooseTheirs(...both, api);
}, 180_000);

async function meet(ada: Desk, bob: Desk): Promise<void> {
  await ada.page.getByRole('img', { name: 'Bob' }).waitFor();
  await bob.page.getByRole('img', { name: 'Ada Lovelace' }).waitFor();
  await addValue(bob.page, 'plan', 'team');
  await ada.page.getByText('Bob is editing production').waitFor();
  await ada.expectAccessible();
  await ada.keep('presence');
}

/** A page without edits of its own shows at once what somebody else saved. */
async function followLive(ada: Desk, bob: Desk): Promise<void> {
  await saveFlag(bob.page);
  await ada.page.getByText(/^Bob saved revision \d+$/).waitFor();
  await ada.page.getByRole('button', { name: /plan is one of pro, team/ }).waitFor();
  await ada.page.getByText('Bob is editing production').waitFor({ state: 'detached' });
  await bob.page.getByRole('switch', { name: 'checkout in production' }).click();
  await ada.page.getByRole('switch', { name: 'checkout in production', checked: true }).waitFor();
  expect(await unsaved(ada.page).count()).toBe(0);
}

/** Each changes another rule: whoever saves second is told what the first did, and both stand. */
async function mergeDifferentRules(ada: Desk, bob: Desk, api: ManagementApi): Promise<void> {
  await addValue(ada.page, 'country', 'AT');
  await addValue(bob.page, 'plan', 'school');
  await saveFlag(bob.page);
  await unsaved(ada.page).getByText('1 change').waitFor();
  await ada.page.getByRole('button', { name: 'Merge' }).waitFor();
  await ada.expectAccessible();
  await saveFlag(ada.page);
  await ada.page.getByText(/Bob changed this meanwhile .* your edit was applied on top\./).waitFor();
  await ada.keep('merged');
  expect(await valuesOf(api)).toEqual([
    ['DE', 'AT'],
    ['pro', 'team', 'school'],
  ]);
  await bob.page.getByRole('button', { name: /country is one of DE, AT/ }).waitFor();
}

/** Both change the same rule, Ada the other one too; what only one of them touched is put together without a question. */
async function chooseMine(ada: Desk, bob: Desk, api: ManagementApi): Promise<void> {
  await addValue(ada.page, 'country', 'CH');
  await addValue(ada.page, 'plan', 'club');
  await addValue(bob.page, 'country', 'LI');
  await saveFlag(bob.page);
  await unsaved(ada.page).getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Bob changed the same' });
  await dialog.getByText('differ in one thing', { exact: false }).waitFor();
  expect(await dialog.getByRole('button', { name: '1 to choose' }).isDisabled()).toBe(true);
  await ada.expectAccessible();
  await ada.keep('conflict');

  // Going back loses nothing and decides nothing.
  await dialog.getByRole('button', { name: 'Go back to my edits' }).click();
  await ada.page.getByRole('button', { name: /country is one of DE, AT, CH/ }).waitFor();
  await unsaved(ada.page).getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByRole('radio', { name: /^Yours/ }).click();
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await unsaved(ada.page).waitFor({ state: 'detached' });
  expect(await valuesOf(api)).toEqual([
    ['DE', 'AT', 'CH'],
    ['pro', 'team', 'school', 'club'],
  ]);
  await bob.page.getByRole('button', { name: /country is one of DE, AT, CH/ }).waitFor();
}

async function chooseTheirs(ada: Desk, bob: Desk, api: ManagementApi): Promise<void> {
  await addValue(ada.page, 'country', 'IT');
  await addValue(ada.page, 'plan', 'trial');
  await addValue(bob.page, 'country', 'FR');
  await saveFlag(bob.page);
  // This time she looks before she saves.
  await ada.page.getByRole('button', { name: 'Merge' }).click();
  const dialog = ada.page.getByRole('dialog', { name: 'Bob changed the same' });
  await dialog.getByRole('radio', { name: /^Bob/ }).click();
  await dialog.getByRole('button', { name: 'Take in' }).click();
  await ada.page.getByRole('button', { name: /country is one of DE, AT, CH, FR/ }).waitFor();
  await saveFlag(ada.page);
  expect(await valuesOf(api)).toEqual([
    ['DE', 'AT', 'CH', 'FR'],
    ['pro', 'team', 'school', 'club', 'trial'],
  ]);
}

/** Of the first condition of each rule. */
async function valuesOf(api: ManagementApi): Promise<readonly unknown[]> {
  const { rules } = await api.get<{
    readonly rules: readonly { readonly conditions: readonly { readonly values: unknown }[] }[];
  }>(PATH);
  return rules.map(({ conditions }) => conditions[0]?.values);
}
