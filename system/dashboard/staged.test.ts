/** An environment that publishes in stages: the setting, a change that is tried, and its withdrawal, at the dashboard. */
import { expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { openOffice } from './office.ts';

it('Ada has changes tried before they are published, sees that nobody tries one, and withdraws it', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  const { api } = office;
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['production'] });
  for (const key of ['checkout', 'banner', 'off'])
    await api.write('POST', '/projects/shop/flags', { key, type: 'boolean', enabled: key === 'off' });
  const { page, expectAccessible, keep } = await office.seat(office.ada);

  await page.goto('/projects/shop/environments');
  await page.getByRole('button', { name: 'What can be done with production' }).click();
  await page.getByRole('menuitem', { name: /^Settings/ }).click();
  const settings = page.getByRole('dialog');
  await settings.getByLabel('Try changes on canary edges before they are published').click();
  await settings.getByLabel('For how many seconds').fill('30');
  await settings.getByText('No canary edge is live here').waitFor();
  await expectAccessible({ within: '[role=dialog]' });
  await keep('staged-setting');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.waitFor({ state: 'hidden' });
  expect(await api.get('/projects/shop/environments/production')).toMatchObject({ holdSeconds: 30 });

  const path = '/projects/shop/environments/production';
  const answer = await api.send('PATCH', `${path}/flags/checkout`, { enabled: true }, { ifMatch: '*' });
  expect(answer.status).toBe(202);
  await page.goto('/projects/shop/history');
  const line = page.getByRole('listitem').filter({ hasText: 'would change checkout' });
  await line.getByText('production: being tried', { exact: true }).waitFor();
  await line.getByRole('link', { name: /details/ }).click();
  const withdraw = page.getByRole('button', { name: /^Withdraw/ });
  await withdraw.waitFor();
  await page.getByText(/^No canary edge is live/).waitFor();
  await expectAccessible();
  await keep('candidate');
  await withdraw.click();
  await withdraw.waitFor({ state: 'hidden' });
  await page.getByText('Withdrawn by Ada Lovelace.', { exact: true }).waitFor();

  // The next one, remade after a kill switch: what is said of the first is said on its own page all the same.
  await api.write('PATCH', `${path}/flags/banner`, { enabled: true }, { ifMatch: '*' });
  await api.write('PATCH', `${path}/flags/off`, { enabled: false }, { ifMatch: '*' });
  await page.goto('/projects/shop/history?env=production');
  await page.getByText('would have changed').waitFor();
  await page.getByText('production: withdrawn', { exact: true }).waitFor();
  await expectAccessible();
  await keep('staged-history');
  const { items } = await api.get<{ readonly items: readonly { readonly id: string; readonly state: string }[] }>(
    '/projects/shop/changes',
  );
  const pageOf = (state: string) => `/projects/shop/history/${items.find((one) => one.state === state)?.id}`;
  await page.goto(pageOf('candidate'));
  await page.getByText(/Made anew once/).waitFor();
  await page.goto(pageOf('refused'));
  await page.getByText('Withdrawn by Ada Lovelace.', { exact: true }).waitFor();
  await page.getByText(/make the change again/).waitFor();
  await page.getByRole('region', { name: 'flag checkout' }).waitFor();
  expect(await api.get(`${path}/flags/checkout`)).toMatchObject({ enabled: false });
}, 120_000);
