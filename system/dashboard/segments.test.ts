/** A long list of customers becomes a segment, is used by a rule, and is edited by two people at once. */
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ManagementApi } from '../management-api.ts';
import { openScene } from '../scene.ts';
import { pasteText } from './choosing.ts';
import type { Desk } from './desk.ts';
import { type Office, openOffice } from './office.ts';

const PASTED = 10_000;
const CUSTOMERS = Array.from({ length: PASTED }, (_, i) => `customer-${String(i).padStart(5, '0')}`);
const SEGMENT = '/projects/shop/environments/production/segments/early-birds';
const PAGE = '/projects/shop/segments/early-birds?env=production';
const RULE = { id: 'early', conditions: [{ segment: 'early-birds' }], serve: { variant: 'on' } };

it('Ada pastes 10,000 customers, uses them in a rule, takes some out again, and shares the segment with Bob', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  const { api } = office;
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  const ada = await office.seat(office.ada);
  await makeSegment(ada);
  await paste(ada);
  await api.configure('shop', 'production', 'checkout', { enabled: true, rules: [RULE], default: { variant: 'off' } });
  await expectServed(api, { 'customer-00000': true, 'customer-09999': true, stranger: false });

  await removeSome(ada);
  await expectServed(api, { 'customer-00000': true, 'customer-00170': false, 'customer-00179': false });
  await editTogether(ada, office);
  await refuseToArchive(ada);
}, 180_000);

async function makeSegment({ page, keep, expectAccessible }: Desk): Promise<void> {
  await page.goto('/projects/shop/segments?env=production');
  await page.getByRole('button', { name: 'New segment' }).first().waitFor();
  await expectAccessible();
  await keep('no-segments');
  await page.getByRole('button', { name: 'New segment' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New segment in production' });
  await dialog.getByLabel('Key').fill('early-birds');
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Create the segment' }).click();
  await page.getByText('Nobody is in it yet').waitFor();
  await expectAccessible();
}

/** What would come of a paste is said before it is applied: new ones, those that stand there twice, those that are no keys. */
async function paste({ page, keep, expectAccessible }: Desk): Promise<void> {
  const dialog = await openPaste(page);
  const tooLong = 'x'.repeat(1_025);
  await pasteText(dialog.getByLabel('Targeting keys'), [...CUSTOMERS, ...CUSTOMERS.slice(0, 2), tooLong].join('\n'));
  await dialog.getByText('10,000 keys are new, 2 stand here more than once, 1 cannot be a key.').waitFor();
  await expectAccessible();
  await keep('segment-paste');
  expect(await list(page).count(), 'nothing is applied yet').toBe(0);
  await dialog.getByRole('button', { name: 'Add 10,000 keys' }).click();
  await page.getByText('10,000 keys are always in.').waitFor();
  await page.getByText('Not saved: 10,000 included added').waitFor();
  // Of the many only those in sight are in the document, and the list says how many there are.
  expect(await list(page).getByRole('listitem').count()).toBeLessThan(100);
  expect(await list(page).getByRole('listitem').first().getAttribute('aria-setsize')).toBe(String(PASTED));
  await expectAccessible();
  await page.getByRole('textbox', { name: 'Why (for the history)' }).fill('The list of the newsletter');
  await save(page, 'Saved in production: 10,000 included added');
  await keep('segment');

  const again = await openPaste(page);
  await again.getByLabel('Targeting keys').fill('customer-00007, customer-00008, newcomer');
  await again.getByText('1 key is new, 2 are in the list already.').waitFor();
  await again.getByRole('button', { name: 'Cancel' }).click();
}

async function removeSome({ page, expectAccessible }: Desk): Promise<void> {
  await page.getByRole('searchbox', { name: 'Find among included keys' }).fill('customer-0017');
  await page.getByText('10 found').waitFor();
  expect(await list(page).getByRole('listitem').count()).toBe(10);
  await page.getByRole('button', { name: 'Remove these' }).click();
  await page.getByRole('searchbox', { name: 'Find among included keys' }).fill('customer-00000');
  await page.getByText('1 found').waitFor();
  await page.getByText('Not saved: 10 included removed').waitFor();
  await expectAccessible();
  await save(page, 'Saved in production: 10 included removed');
  await page.getByRole('link', { name: 'checkout' }).waitFor();
}

/** Keys that two people add meet in one list; conditions that both wrote are a matter of choice. */
async function editTogether(ada: Desk, office: Office): Promise<void> {
  const { page } = ada;
  const bob = await office.employ('Bob', [{ role: 'editor', project: 'shop', environment: null }]);
  const other = await office.seat(bob);
  await other.page.goto(PAGE);
  await other.page.getByText('9,990 keys are always in.').waitFor();

  await addKeys(page, 'of-ada');
  await addKeys(other.page, 'of-bob');
  await save(other.page, 'Saved in production: 1 included added');
  await page.getByRole('alert').getByText('Your edits stand on top of theirs now').waitFor();
  await page.getByText('9,992 keys are always in.').waitFor();
  await ada.expectAccessible();
  await page.getByRole('button', { name: 'Keep my edits' }).click();
  await save(page, 'Saved in production: 1 included added');
  const { included } = await office.api.get<{ readonly included: readonly string[] }>(SEGMENT);
  expect(included.filter((key) => key.startsWith('of-')).sort()).toEqual(['of-ada', 'of-bob']);
  expect(included).toHaveLength(9_992);

  await addCondition(page, 'plan', 'pro');
  await addCondition(other.page, 'country', 'DE');
  await save(other.page, 'Saved in production: conditions changed');
  await page.getByRole('alert').getByText('You both edited the conditions').waitFor();
  await ada.expectAccessible();
  await ada.keep('segment-conflict');
  await page.getByRole('button', { name: 'Drop them, take theirs' }).click();
  await page.getByText(/Everybody else is in when country/).waitFor();
  expect(await page.getByRole('form', { name: 'Unsaved edits' }).count()).toBe(0);
  await expectServed(office.api, { stranger: false }, 'FR');
  await expectServed(office.api, { stranger: true }, 'DE');
}

async function refuseToArchive({ page, expectAccessible }: Desk): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Archive in production…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Archive early-birds in production?' });
  await dialog.getByRole('button', { name: 'Archive', exact: true }).click();
  await dialog.getByText('It is in use').waitFor();
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
}

function list(page: Page): Locator {
  return page.getByRole('list', { name: 'Included keys' });
}

async function openPaste(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Add keys' }).first().click();
  return page.getByRole('dialog', { name: 'Add to included keys' });
}

async function addKeys(page: Page, keys: string): Promise<void> {
  const dialog = await openPaste(page);
  await dialog.getByLabel('Targeting keys').fill(keys);
  await dialog.getByRole('button', { name: 'Add 1 key' }).click();
  await page.getByText('Not saved: 1 included added').waitFor();
}

async function addCondition(page: Page, attribute: string, value: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('textbox', { name: 'Attribute' }).fill(attribute);
  await page.getByRole('combobox', { name: 'Values' }).fill(value);
  await page.keyboard.press('Enter');
  await page.getByText('Not saved: conditions changed').waitFor();
}

async function save(page: Page, said: string): Promise<void> {
  await page.getByRole('button', { name: /^Save in production/ }).click();
  await page.getByText(said, { exact: true }).last().waitFor();
  await page.getByRole('form', { name: 'Unsaved edits' }).waitFor({ state: 'detached' });
}

async function expectServed(
  api: ManagementApi,
  wanted: Readonly<Record<string, boolean>>,
  country = 'FR',
): Promise<void> {
  for (const [targetingKey, value] of Object.entries(wanted)) {
    const path = '/projects/shop/environments/production/evaluate';
    const answer = await api.write('POST', path, { flag: 'checkout', context: { targetingKey, country } });
    expect(answer, targetingKey).toMatchObject({ value });
  }
}
