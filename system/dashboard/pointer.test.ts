/** What only a pointer does: dragging, and resting on something. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { ruleList, unsaved } from './flag-editing.ts';
import { openOffice } from './office.ts';

const rule = (country: string) => ({
  id: country.toLowerCase(),
  conditions: [{ attribute: 'country', operator: 'in', values: [country] }],
  serve: { variant: 'on' },
});

it('Ada drags a rule to another place, puts one back on the way, and reads what a picture stands for', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging'] });
  await office.api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  await office.api.configure('shop', 'staging', 'checkout', { rules: ['DE', 'FR', 'IT'].map(rule) });
  const { page } = await office.seat(office.ada, { reducedMotion: 'no-preference' });
  await page.goto('/projects/shop/flags/checkout?env=staging');
  await expectOrder(page, ['DE', 'FR', 'IT']);

  await drag(page, 0, 2);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expectOrder(page, ['DE', 'FR', 'IT']);
  expect(await unsaved(page).count()).toBe(0);

  await drag(page, 0, 2);
  await page.mouse.up();
  await expectOrder(page, ['FR', 'IT', 'DE']);
  await unsaved(page).getByText('1 change', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'More for this flag' }).hover();
  const words = page.locator('[data-base-ui-portal]').getByText('More for this flag', { exact: true });
  await words.waitFor();
  await page.keyboard.press('Escape');
  await words.waitFor({ state: 'detached' });
}, 120_000);

/** From one rule's handle to the middle of another; the button stays down. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const handles = page.getByRole('button', { name: /^Drag rule/ });
  const start = await handles.nth(from).boundingBox();
  const end = await ruleList(page).locator('> li').nth(to).boundingBox();
  if (start === null || end === null) throw new Error('a rule that is dragged is not shown');
  const x = start.x + start.width / 2;
  await page.mouse.move(x, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(x, end.y + end.height / 2, { steps: 8 });
  await page.locator('[data-rule][data-dragging]').waitFor();
}

async function expectOrder(page: Page, countries: readonly string[]): Promise<void> {
  for (const [at, country] of countries.entries())
    await ruleList(page).locator('> li').nth(at).getByText(`Serves on where country is ${country}`).waitFor();
}
