/** An environment that publishes in stages: the setting, a change that is tried, and its withdrawal, at the dashboard. */
import { expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { openOffice } from './office.ts';

it('Ada has changes tried before they are published, sees that nobody tries one, and withdraws it', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  const { api } = office;
  await api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  const { page, expectAccessible, keep } = await office.seat(office.ada);

  await page.goto('/projects/shop/environments');
  await page.getByRole('button', { name: 'What can be done with production' }).click();
  await page.getByRole('menuitem', { name: /^Settings/ }).click();
  const settings = page.getByRole('dialog');
  await settings.getByLabel('Try changes on canary edges before they are published').click();
  await settings.getByLabel('For how many seconds').fill('30');
  await expectAccessible({ within: '[role=dialog]' });
  await keep('staged-setting');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.waitFor({ state: 'hidden' });
  expect(await api.get('/projects/shop/environments/production')).toMatchObject({ holdSeconds: 30 });

  const path = '/projects/shop/environments/production';
  const answer = await api.send('PATCH', `${path}/flags/checkout`, { enabled: true }, { ifMatch: '*' });
  expect(answer.status).toBe(202);
  await page.goto(`/projects/shop/history/${answer.headers.get('flaghoist-change')}`);
  const withdraw = page.getByRole('button', { name: /^Withdraw/ });
  await withdraw.waitFor();
  await expectAccessible();
  await keep('candidate');
  await withdraw.click();
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  if ((await dialog.count()) > 0) await dialog.getByRole('button', { name: /^Withdraw/ }).click();
  await withdraw.waitFor({ state: 'hidden' });
  await page.getByText('Withdrawn by Ada Lovelace.', { exact: true }).waitFor();
  expect(await api.get(`${path}/flags/checkout`)).toMatchObject({ enabled: false });
}, 120_000);
