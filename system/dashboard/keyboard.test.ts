/** A day's work without a mouse. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ManagementApi } from '../management-api.ts';
import { openScene } from '../scene.ts';
import { type Desk, openDesk } from './desk.ts';
import { ruleList, unsaved } from './flag-editing.ts';
import { type Keyboard, useKeyboard } from './keyboard.ts';
import { ADA, openOffice } from './office.ts';

const PATH = '/projects/shop/environments/staging/flags/checkout';

it('Ada finds a flag, makes, edits, moves and deletes rules, sets a rollout, saves and undoes, with keys alone', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  for (const key of ['checkout', 'search'])
    await office.api.write('POST', '/projects/shop/flags', { key, type: 'boolean' });
  const desk = await openDesk(scene, office.browser, office.server.url);
  const keys = useKeyboard(desk.page);
  await signIn(desk, keys);
  await findFlag(desk, keys);
  await makeRules(desk, keys);
  await moveAndUndo(desk, keys);
  await setRollout(desk, keys);
  await saveByKey(desk, keys, office.api);
  await removeRule(desk, keys, office.api);
  await discard(desk, keys);
  await throwSwitch(desk, keys, office.api);
  await goThroughList(desk, keys);
}, 180_000);

async function signIn({ page }: Desk, keys: Keyboard): Promise<void> {
  await page.goto('/sign-in');
  await keys.expectOn(page.getByLabel('E-mail'));
  await keys.type(ADA.email);
  await keys.press('Tab');
  await keys.type(ADA.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
}

async function findFlag({ page, keep, expectAccessible }: Desk, keys: Keyboard): Promise<void> {
  await page.getByRole('link', { name: 'checkout', exact: true }).waitFor();
  await openPalette(page, keys);
  await expectAccessible();
  await keep('palette');
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await openPalette(page, keys);
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'checkout', level: 1 }).waitFor();
  await keys.press('?');
  await page.getByRole('dialog').getByText('Save', { exact: true }).waitFor();
  await expectAccessible();
  await keep('shortcuts');
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // The environment that comes first is the one that is worked on.
  await page
    .getByRole('navigation', { name: 'Environments' })
    .getByRole('link', { name: /staging/, includeHidden: false })
    .waitFor();
  await keys.tabTo(page.getByRole('navigation', { name: 'Environments' }).getByRole('link', { name: /staging/ }));
  await keys.press('Enter');
  await page.waitForURL('**env=staging*');
}

async function openPalette(page: Page, keys: Keyboard): Promise<void> {
  await keys.press('Control+k');
  await keys.expectOn(page.getByRole('combobox', { name: /^Search flags/ }));
  await keys.type('checko');
  await page
    .getByRole('option', { name: /checkout/ })
    .first()
    .waitFor();
}

async function makeRules({ page }: Desk, keys: Keyboard): Promise<void> {
  await makeRule(page, keys, 'country', ['DE', 'AT'], 'on');
  await ruleList(page).getByText('Serves on where country is one of DE, AT').waitFor();
  await makeRule(page, keys, 'plan', ['pro'], 'back');
  await ruleList(page).getByText('Serves on where plan is pro').waitFor();
  await unsaved(page).getByText('2 changes').waitFor();
}

/** The new rule has the focus: what it asks for comes next. */
async function makeRule(
  page: Page,
  keys: Keyboard,
  attribute: string,
  values: readonly string[],
  way: 'on' | 'back',
): Promise<void> {
  await keys.tabTo(page.getByRole('button', { name: 'Add rule' }), way);
  await keys.press('Enter');
  await keys.expectOn(ruleList(page).getByRole('button', { expanded: true }));
  await keys.tabTo(ruleList(page).getByRole('combobox', { name: 'Attribute' }));
  await keys.type(attribute);
  await keys.press('Enter');
  await keys.tabTo(ruleList(page).getByRole('textbox', { name: `Value for ${attribute}` }));
  for (const value of values) {
    await keys.type(value);
    await keys.press('Enter');
  }
}

async function moveAndUndo({ page, expectAccessible }: Desk, keys: Keyboard): Promise<void> {
  const headers = ruleList(page).getByRole('button', { name: /Serves on where/ });
  const first = async (): Promise<string> => (await headers.first().textContent()) ?? '';
  await keys.tabTo(headers.nth(1), 'back');
  await keys.press('Alt+ArrowUp');
  await page.getByText(/is now 1 of 2\./).waitFor({ state: 'attached' });
  expect(await first()).toContain('plan is pro');
  await keys.expectOn(headers.first());
  await keys.press('Control+z');
  await expect.poll(first).toContain('country is one of DE, AT');
  await keys.press('Control+Shift+Z');
  await expect.poll(first).toContain('plan is pro');
  // Folding what is done.
  await keys.tabTo(headers.first());
  await keys.press('Enter');
  await ruleList(page)
    .getByRole('button', { name: /plan is pro/, expanded: false })
    .waitFor();
  await expectAccessible();
}

async function setRollout({ page }: Desk, keys: Keyboard): Promise<void> {
  const rest = page.getByRole('region', { name: 'Default' });
  // The two are one stop for Tab; arrows lead from the one to the other.
  await keys.tabTo(rest.getByRole('button', { name: 'One variant' }));
  await keys.press('ArrowRight');
  await keys.expectOn(rest.getByRole('button', { name: 'Rollout' }));
  await keys.press('Enter');
  const share = rest.getByRole('slider', { name: 'Share of on' });
  await keys.tabTo(share);
  await keys.press('Home');
  for (let i = 0; i < 7; i++) await keys.press('ArrowRight');
  await expect.poll(() => rest.getByLabel('Percent of on').inputValue()).toBe('7');
  await keys.tabTo(rest.getByLabel('Percent of off'));
  await keys.press('Control+a');
  await keys.type('90');
  await keys.press('Tab');
  await expect.poll(() => rest.getByLabel('Percent of on').inputValue()).toBe('10');
}

async function saveByKey({ page, keep }: Desk, keys: Keyboard, api: ManagementApi): Promise<void> {
  await keep('keyboard');
  await keys.press('Control+s');
  await page.getByText(/Saved as revision \d+ in staging/).waitFor();
  await keys.press('Tab');
  const { rules, default: rest } = await api.get<{ readonly rules: readonly object[]; readonly default: object }>(PATH);
  expect(rules).toMatchObject([{ conditions: [{ values: ['pro'] }] }, { conditions: [{ values: ['DE', 'AT'] }] }]);
  expect(rest).toMatchObject({ rollout: { variants: [{ variant: 'on', weight: 10_000 }, { variant: 'off' }] } });
}

/** By the rule's menu, and saved with a reason in the review; the focus goes on to what is left. */
async function removeRule({ page, expectAccessible }: Desk, keys: Keyboard, api: ManagementApi): Promise<void> {
  await keys.tabTo(ruleList(page).getByRole('button', { name: 'More for rule 1' }), 'back');
  await keys.press('Enter');
  await page.getByRole('menuitem', { name: 'Remove the rule' }).waitFor();
  await expectAccessible();
  await keys.press('End', 'Enter');
  await ruleList(page).getByText('plan is pro').waitFor({ state: 'detached' });
  await keys.expectOn(ruleList(page).getByRole('button', { name: /country is one of DE, AT/ }));
  await keys.tabTo(unsaved(page).getByRole('button', { name: 'Review' }));
  await keys.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Save to staging' });
  await dialog.waitFor();
  await expectAccessible();
  await keys.tabTo(dialog.getByRole('textbox', { name: 'Why' }));
  await keys.type('The trial is over');
  await keys.tabTo(dialog.getByRole('button', { name: 'Save', exact: true }));
  await keys.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await unsaved(page).waitFor({ state: 'detached' });
  await keys.expectOn(page.getByRole('main'));
  expect(await api.get(PATH)).toMatchObject({ rules: [{ conditions: [{ values: ['DE', 'AT'] }] }] });
  const { items } = await api.get<{ readonly items: readonly object[] }>('/projects/shop/changes?flag=checkout');
  expect(items[0]).toMatchObject({ reason: 'The trial is over' });
}

/** The bar goes with its own button, and the focus stays on the page. */
async function discard({ page }: Desk, keys: Keyboard): Promise<void> {
  await keys.tabTo(page.getByRole('button', { name: 'Add rule' }));
  await keys.press('Enter');
  await unsaved(page).waitFor();
  await keys.tabTo(unsaved(page).getByRole('button', { name: 'Discard' }));
  await keys.press('Enter');
  await unsaved(page).getByText('1 change').waitFor({ state: 'detached' });
  await keys.press('Tab');
}

async function throwSwitch({ page }: Desk, keys: Keyboard, api: ManagementApi): Promise<void> {
  await keys.tabTo(page.getByRole('switch', { name: 'checkout in staging' }));
  await keys.press('Space');
  await page.getByText('On in staging', { exact: true }).last().waitFor();
  expect(await api.get(PATH)).toMatchObject({ enabled: true });
}

async function goThroughList({ page }: Desk, keys: Keyboard): Promise<void> {
  await keys.press('g', 'f');
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'search', exact: true }).waitFor();
  await keys.press('/');
  await keys.expectOn(page.getByRole('searchbox', { name: 'Search flags' }));
  await keys.press('ArrowDown');
  await keys.expectOn(page.getByRole('link', { name: 'checkout', exact: true }));
  await keys.press('j');
  await keys.expectOn(page.getByRole('link', { name: 'search', exact: true }));
  await keys.press('x');
  await page.getByRole('region', { name: 'Selected flags' }).getByText('1 selected').waitFor();
  await keys.press('Escape');
  await page.getByRole('region', { name: 'Selected flags' }).waitFor({ state: 'detached' });
  await keys.press('k', 'Enter');
  await page.getByRole('heading', { name: 'checkout', level: 1 }).waitFor();
}
