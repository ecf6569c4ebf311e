/** 5,000 flags in five environments: everything can be found, and many can be switched at once. */
import { createDatabase, type TestDatabase } from '@flaghoist/testkit/postgres';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import type { ManagementApi } from '../management-api.ts';
import { openScene } from '../scene.ts';
import { chooseOption, chooseSuggestion } from './choosing.ts';
import type { Desk } from './desk.ts';
import { openOffice } from './office.ts';

const FLAGS = 5_000;
const ENVIRONMENTS = ['development', 'test', 'staging', 'canary', 'production'];
const WORDS = ['banner', 'basket', 'checkout', 'discount', 'login', 'newsletter', 'shipping', 'wishlist'];
const OWNERS = ['growth', 'mobile', 'payments', 'platform', 'search'];
const TEAMS = 40;
const EDITS_IN_A_CHANGE = 500;
/** Some twenty rows: all others are like them. */
const TALLEST = 1_500;

const wordOf = (i: number): string => WORDS[i % WORDS.length] ?? '';
const keyOf = (i: number): string => `flag-${String(i).padStart(4, '0')}`;
const isOn = (i: number): boolean => i % 3 === 0;
const NUMBERS = Array.from({ length: FLAGS }, (_, i) => i);
const count = (is: (i: number) => boolean): string => NUMBERS.filter(is).length.toLocaleString('en');

it('Ada finds her way among 5,000 flags in five environments, and switches a few hundred at once', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const office = await openOffice(scene, { databaseUrl: database.url });
  await fill(office.api, database);
  const ada = await office.seat(office.ada);
  await ada.page.goto('/projects/shop/flags?env=production&sort=key');
  await ada.page.getByText('5,000 flags', { exact: true }).waitFor();
  await ada.page.getByRole('combobox', { name: 'Tag' }).waitFor();
  await ada.keep('many-flags');
  await ada.expectAccessible({ tallest: TALLEST });

  await scroll(ada.page);
  await scrollWhileRead(ada.page, office.api);
  await search(ada.page);
  await narrow(ada);
  await switchMany(ada, office.api);
}, 300_000);

/** One flag by the API, copied in its table; then the environments, each of which is made with all flags. */
async function fill(api: ManagementApi, database: TestDatabase): Promise<void> {
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: [] });
  await api.write('POST', '/projects/shop/flags', { key: keyOf(0), type: 'boolean' });
  await database.execute(`
    insert into flags (id, project_id, key, type, name, description, owner, tags, variants, initial, created_at)
    select gen_random_uuid(), project_id, 'flag-' || lpad(i::text, 4, '0'), type, name, description, owner, tags, variants,
      initial, created_at
    from flags, generate_series(1, ${FLAGS - 1}) i where key = '${keyOf(0)}';
    update flags set (name, owner, tags) = (
      select 'The new ' || word || ', number ' || i, owners[1 + i % ${OWNERS.length}], array[word, 'team-' || i % ${TEAMS}]
      from (select substr(key, 6)::int as i) numbered,
        lateral (select (array['${WORDS.join("','")}'])[1 + i % ${WORDS.length}] as word) named,
        (select array['${OWNERS.join("','")}'] as owners) owned);
    update flags set folded_name = lower(name),
      search = lower(concat_ws(E'\\n', key, name, description, owner, array_to_string(tags, E'\\n')))`);
  for (const key of ENVIRONMENTS) await api.write('POST', '/projects/shop/environments', { key, name: key });
  const on = NUMBERS.filter(isOn);
  for (let from = 0; from < on.length; from += EDITS_IN_A_CHANGE) {
    const edits = on
      .slice(from, from + EDITS_IN_A_CHANGE)
      .map((i) => ({ environment: 'production', flag: keyOf(i), ifMatch: 1, set: { enabled: true } }));
    await api.write('POST', '/projects/shop/changes', { edits });
  }
}

function row(page: Page, i: number) {
  return page.getByRole('listitem').filter({ hasText: keyOf(i) });
}

/** Only the rows in sight are in the document, and each stands in its place. */
async function scroll(page: Page): Promise<void> {
  const rows = page.getByRole('list', { name: 'Flags' }).getByRole('listitem');
  await row(page, 0).waitFor();
  // The window was taller a moment ago, for the look at accessibility.
  await expect.poll(() => rows.count()).toBeLessThan(60);
  for (const [part, i] of [
    [0.5, 2_500],
    [1, 4_999],
  ] as const) {
    await page.evaluate(`window.scrollTo(0, document.documentElement.scrollHeight * ${part})`);
    await row(page, i).waitFor();
    expect(await row(page, i).getAttribute('aria-posinset')).toBe(String(i + 1));
    expect(await row(page, i).getAttribute('aria-setsize')).toBe(String(FLAGS));
    expect(await row(page, i).getByRole('switch').isChecked()).toBe(isOn(i));
    await expect.poll(() => rows.count()).toBeLessThan(60);
  }
  await page.evaluate('window.scrollTo(0, 0)');
  await row(page, 0).waitFor();
}

/** Somebody changes a flag, so the list is read anew; rows that are scrolled to meanwhile come all the same. */
async function scrollWhileRead(page: Page, api: ManagementApi): Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  await page.reload();
  await row(page, 0).waitFor();
  const asked = page.waitForRequest((request) => isList(new URL(request.url())));
  await page.route(isList, async (route) => {
    await opened;
    await route.continue();
  });
  const described = { description: 'Soon to go' };
  await api.write('PATCH', `/projects/shop/flags/${keyOf(1)}`, described, { ifMatch: '*' });
  await asked;
  await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
  await page.locator(`[aria-posinset="${FLAGS}"]`).waitFor();
  open();
  await row(page, FLAGS - 1).waitFor();
  await page.unroute(isList);
  await page.evaluate('window.scrollTo(0, 0)');
  await row(page, 0).waitFor();
}

const isList = (url: URL): boolean => url.pathname.endsWith('/projects/shop/flags');

async function search(page: Page): Promise<void> {
  const box = page.getByRole('searchbox', { name: /^Search/ });
  await box.fill('number 4321');
  await page.getByText('1 flag found').waitFor();
  await page.getByRole('link', { name: 'The new basket, number 4321' }).waitFor();
  await box.fill('flag-49');
  await page.getByText('100 flags found').waitFor();
  await row(page, 4_900).waitFor();
  await box.fill('no such thing');
  await page.getByText('0 flags found').waitFor();
  await box.fill('');
  await page.getByText('5,000 flags', { exact: true }).waitFor();
}

async function narrow({ page, expectAccessible }: Desk): Promise<void> {
  await chooseSuggestion(page.getByRole('combobox', { name: 'Tag' }), 'team-7');
  await page.getByText(`${count((i) => i % TEAMS === 7)} flags found`).waitFor();
  await chooseOption(page.getByRole('combobox', { name: 'State in production' }), 'On in production');
  await page.getByText(`${count((i) => i % TEAMS === 7 && isOn(i))} flags found`).waitFor();
  await expectAccessible({ tallest: TALLEST });
  await page.goBack();
  await page.getByText(`${count((i) => i % TEAMS === 7)} flags found`).waitFor();
}

/** All that are found, also those that no row shows; and back. */
async function switchMany({ page, keep, expectAccessible }: Desk, api: ManagementApi): Promise<void> {
  const isCheckout = (i: number): boolean => wordOf(i) === 'checkout';
  const found = count(isCheckout);
  // More than a change holds.
  const on = count((i) => isCheckout(i) && isOn(i));
  await page.goto('/projects/shop/flags?env=production&sort=key&tag=checkout');
  await page.getByText(`${found} flags found`).waitFor();
  await page.getByRole('checkbox', { name: 'Select all that are loaded' }).click();
  const bar = page.getByRole('region', { name: 'Selected flags' });
  await bar.getByRole('button', { name: `All ${found}` }).click();
  await bar.getByText(`${found} selected`).waitFor();
  await bar.getByRole('button', { name: 'Off in production' }).click();
  const dialog = page.getByRole('dialog', { name: `Turn ${on} flags off in production?` });
  await dialog.getByText('It is sent as 2 changes of at most 200 flags.', { exact: false }).waitFor();
  await dialog.getByLabel('Why').fill('The checkout is being moved');
  await expectAccessible({ tallest: TALLEST });
  await keep('switch-many');
  await dialog.getByRole('button', { name: 'Turn off' }).click();
  await page.getByText(`${on} flags are off in production`).waitFor();
  expect(await numbersOn(api)).toEqual(NUMBERS.filter((i) => isOn(i) && !isCheckout(i)));

  await page.getByRole('button', { name: 'Undo' }).last().click();
  await page.getByText(`${on} flags went back to how they were in production`).waitFor();
  expect(await numbersOn(api)).toEqual(NUMBERS.filter(isOn));
}

async function numbersOn(api: ManagementApi): Promise<readonly number[]> {
  const path = '/projects/shop/flags?environment=production&state=on&sort=key';
  const flags = await api.list<{ readonly key: string }>(path);
  return flags.map(({ key }) => Number(key.slice('flag-'.length)));
}
