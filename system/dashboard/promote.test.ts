/** What has proved itself in staging is promoted to production, and put back. */
import { expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { openOffice } from './office.ts';

const RULES = [{ id: 'beta-first', conditions: [{ segment: 'beta' }], serve: { variant: 'on' } }];

it('Ada compares two environments, promotes a flag with the segment that it needs, and reverts', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  const { api } = office;
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  for (const key of ['checkout', 'search']) await api.write('POST', '/projects/shop/flags', { key, type: 'boolean' });
  await api.write('POST', '/projects/shop/environments/staging/segments', { key: 'beta', included: ['ada'] });
  await api.configure('shop', 'staging', 'checkout', { enabled: true, rules: RULES });
  const desk = await office.seat(office.ada);
  const { page } = desk;

  await page.goto('/projects/shop/compare');
  await page.getByText('2 differ, 1 the same').waitFor();
  await page.getByRole('button', { name: 'Show what differs about flag checkout' }).click();
  await page.getByRole('region', { name: 'Rules, production and staging' }).getByText('"beta-first"').waitFor();
  await desk.expectAccessible();
  await desk.keep('compare');
  await page.getByRole('checkbox', { name: 'Promote flag checkout' }).click();
  await page.getByRole('button', { name: 'Promote 1 to production' }).click();

  const dialog = page.getByRole('dialog');
  await dialog.getByText('beta is not in production').waitFor();
  await desk.expectAccessible();
  await dialog.getByRole('button', { name: 'Promote it too' }).click();
  await dialog.getByLabel('Why').fill('Two weeks in staging without a complaint');
  await dialog.getByRole('button', { name: 'Promote to production' }).click();
  await page.getByText(/Saved as revision \d+ in production/).waitFor();
  await page.getByText('1 differs, 2 the same').waitFor();

  // Whether it is on was not taken along unasked.
  const path = '/projects/shop/environments/production/flags/checkout';
  expect(await api.get(path)).toMatchObject({ enabled: false, rules: RULES });
  expect(await api.get('/projects/shop/environments/production/segments/beta')).toMatchObject({ included: ['ada'] });

  await page.getByRole('link', { name: 'History', exact: true }).first().click();
  await page.getByText('“Two weeks in staging without a complaint”').first().waitFor();
  await desk.keep('history');
  await desk.expectAccessible();
  const line = page.getByRole('listitem').filter({ hasText: 'changed checkout' });
  await line.first().getByRole('link', { name: 'details' }).click();
  await page.getByRole('region', { name: 'What changed about checkout in production' }).waitFor();
  await desk.expectAccessible();
  await desk.keep('change');
  await page.getByRole('button', { name: 'Revert' }).click();
  await desk.expectAccessible();
  await page.getByRole('dialog').getByRole('button', { name: 'Revert', exact: true }).click();
  await page.getByText('The change was reverted').waitFor();
  await page.getByText('It reverts').waitFor();
  expect(await api.get(path)).toMatchObject({ enabled: false, rules: [] });
}, 120_000);
