/** The first day with Flaghoist, by the pages alone: from the setup link to an application whose answers change. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { openChromium } from '../browser/chromium.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { type Desk, openDesk } from './desk.ts';
import { ADA } from './office.ts';

const FLAG = 'new-checkout';
const USERS = Array.from({ length: 60 }, (_, i) => ({ targetingKey: `user-${i}`, country: 'FR' }));
const GERMANS = Array.from({ length: 5 }, (_, i) => ({ targetingKey: `user-${i}`, country: 'DE' }));
const COUNTED_WITHIN_MS = 20_000;

it('Ada sets up, makes a project, a flag with a rule and a rollout, and a key; an application follows what she does', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const desk = await openDesk(scene, await openChromium(scene), server.url, { reducedMotion: 'no-preference' });
  await setUp(desk, server.setupUrl ?? '');
  await makeFlag(desk);
  await makeRuleAndRollout(desk);
  const key = await makeKey(desk);

  const first = { flag: FLAG, fallback: false, context: GERMANS[0] ?? { targetingKey: '' } };
  const application = await startProviderApplication(scene, { url: server.url, key, flushIntervalMs: 500 }, first);
  expect(application.firstAnswer).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
  const answers = await application.evaluate(FLAG, false, USERS);
  const on = answers.filter(({ value }) => value === true).length;
  expect(on).toBeGreaterThan(0);
  expect(on).toBeLessThan(USERS.length);

  await desk.page.goto(`/projects/web-shop/flags/${FLAG}?env=production&tab=counts`);
  await seeCounts(desk, { on: on + 1, off: USERS.length - on });
  await desk.expectAccessible();
  await desk.keep('counts');
  await switchOff(desk, application);
  const off = await application.evaluate(FLAG, true, [...GERMANS, ...USERS]);
  expect(new Set(off.map(({ value, reason }) => `${String(value)} ${reason}`))).toEqual(new Set(['false DISABLED']));
  await seeCounts(desk, { on: on + 1, off: USERS.length - on + off.length });
  await application.close();
}, 180_000);

async function setUp({ page, keep, expectAccessible }: Desk, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(ADA.name);
  await page.getByLabel('E-mail').fill(ADA.email);
  await page.getByLabel('Password', { exact: true }).fill(ADA.password);
  await expectAccessible();
  await keep('setup');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Web shop');
  expect(await page.getByLabel('Key').inputValue()).toBe('web-shop');
  await expectAccessible();
  await page.getByRole('button', { name: 'Create the project' }).click();
  await page.waitForURL('**/projects/web-shop/flags');
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
  await expectAccessible();
  await keep('no-flags');
}

async function makeFlag({ page, keep, expectAccessible }: Desk): Promise<void> {
  await page.goto('/projects/web-shop/flags/new');
  await page.getByLabel('Name', { exact: true }).fill('New checkout');
  expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe(FLAG);
  await expectAccessible();
  await keep('new-flag');
  await page.getByRole('button', { name: 'Create the flag' }).click();
  await page.waitForURL(`**/flags/${FLAG}*`);
  await page.getByRole('heading', { name: 'New checkout', level: 1 }).waitFor();
}

async function makeRuleAndRollout({ page, keep, expectAccessible }: Desk): Promise<void> {
  await page.goto(`/projects/web-shop/flags/${FLAG}?env=production`);
  await page.getByRole('button', { name: 'Add rule' }).first().click();
  const rules = page.getByRole('list', { name: 'Rules' });
  await rules.getByRole('combobox', { name: 'Attribute' }).fill('country');
  await page.keyboard.press('Enter');
  await rules.getByRole('textbox', { name: /^Value for/ }).fill('DE');
  await page.keyboard.press('Enter');
  await rules.getByText('Serves on where country is DE').waitFor();
  const rest = page.getByRole('region', { name: 'Default' });
  await rest.getByRole('button', { name: 'Rollout' }).click();
  await rest.getByLabel('Percent of on').fill('40');
  await page.keyboard.press('Tab');
  expect(await rest.getByLabel('Percent of off').inputValue()).toBe('60');
  await expectAccessible();
  // The rule and the rollout, not what stands above them.
  await page.evaluate("document.querySelector('[data-rule]').scrollIntoView()");
  await keep('rule');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/Saved as revision \d+ in production/).waitFor();
  await toggle(page, 'On in production');
}

async function toggle(page: Page, said: string): Promise<void> {
  await page.getByRole('switch', { name: `${FLAG} in production` }).click();
  await page.getByText(said, { exact: true }).last().waitFor();
}

async function makeKey({ page, keep, expectAccessible }: Desk): Promise<string> {
  await page.getByRole('link', { name: 'SDK keys' }).click();
  await page.getByRole('button', { name: 'New key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Shop backend');
  await dialog.getByRole('combobox', { name: 'Environment' }).click();
  await page.getByRole('option', { name: 'production' }).click();
  await expectAccessible();
  await dialog.getByRole('button', { name: 'Create the key' }).click();
  const secret = dialog.getByText(/fhs_/).first();
  await secret.waitFor();
  await expectAccessible();
  await keep('key');
  const [key = ''] = /fhs_[\w-]+/.exec((await secret.textContent()) ?? '') ?? [];
  await dialog.getByRole('checkbox', { name: 'I have kept it' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  return key;
}

/** The page counts on by itself, beside the chart. */
async function seeCounts({ page }: Desk, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [variant, count] of Object.entries(counts))
    await page
      .getByRole('tabpanel')
      .getByRole('listitem')
      .filter({ has: page.getByText(variant, { exact: true }) })
      .getByText(String(count), { exact: true })
      .waitFor({ timeout: COUNTED_WITHIN_MS });
}

async function switchOff({ page }: Desk, application: Application): Promise<void> {
  const from = application.events.length;
  await toggle(page, 'Off in production');
  await application.event('PROVIDER_CONFIGURATION_CHANGED', 10_000, from);
}
