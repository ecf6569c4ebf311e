/** Whether a change is live everywhere: on its page, on the page of the fleet, and for a script that waits. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { openCommandLine } from '../command-line.ts';
import { makeKey } from '../management-api.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';
import type { Desk } from './desk.ts';
import { type Office, openOffice } from './office.ts';

const FLAG = 'checkout';
/** Receipts are spread, and gathered for a second: what takes longer hangs. */
const KNOWN_WITHIN_MS = 30_000;
const PHONE = { width: 390, height: 844 };

it('Ada sees who has her change, and a script waits until everybody has', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await office.api.write('POST', '/projects/shop/flags', { key: FLAG, type: 'boolean' });
  const ada = await office.seat(office.ada);
  await nobodyFollows(ada);
  const [first, second] = await startApplications(scene, office);
  await seeFleet(ada, 2);
  await switchOn(ada.page);
  await seeDelivery(ada);
  const phone = await office.seat(office.ada, { viewport: PHONE, colorScheme: 'dark' });
  await phone.page.goto(ada.page.url());
  await delivery(phone.page).getByText('2 of 2 instances and 1 of 1 edge have it.').waitFor();
  await phone.expectAccessible();
  await waitInTerminal(scene, office, first);
  await second.close();
  await seeFleet(ada, 1);
}, 180_000);

async function nobodyFollows({ page, expectAccessible }: Desk): Promise<void> {
  await page.goto('/projects/shop/fleet?env=staging');
  await page.getByRole('heading', { name: 'No application follows staging yet' }).waitFor();
  await page.getByRole('table', { name: 'Edges' }).getByText('Has it').waitFor({ timeout: KNOWN_WITHIN_MS });
  await expectAccessible();
}

async function startApplications(scene: Scene, { api, server }: Office): Promise<readonly [Application, Application]> {
  const { secret: key } = await makeKey(api, 'shop', 'staging', 'server');
  const context = { targetingKey: 'ann' };
  const start = async () =>
    startProviderApplication(
      scene,
      { url: server.url, key, dataDir: await scene.folder() },
      { flag: FLAG, fallback: false, context },
    );
  return Promise.all([start(), start()]);
}

async function seeFleet({ page, keep, expectAccessible }: Desk, instances: number): Promise<void> {
  await page.goto('/projects/shop/fleet?env=staging');
  const rows = page.getByRole('table', { name: 'Instances' }).getByRole('row').filter({ hasText: 'Has it' });
  await until(`${instances} live instances`, KNOWN_WITHIN_MS, async () =>
    (await rows.count()) === instances ? true : undefined,
  );
  await page.getByText(`${instances} of ${instances} instance`).waitFor();
  expect(await rows.first().textContent()).toContain('openfeature-server/');
  await expectAccessible();
  if (instances === 2) await keep('fleet');
}

async function switchOn(page: Page): Promise<void> {
  await page.goto(`/projects/shop/flags/${FLAG}?env=staging`);
  await page.getByRole('switch', { name: `${FLAG} in staging` }).click();
  // The switch goes over at once; this is said when it is written.
  await page.getByText('On in staging', { exact: true }).last().waitFor();
}

async function seeDelivery({ page, keep, expectAccessible }: Desk): Promise<void> {
  await page.goto('/projects/shop/history');
  const line = page.getByRole('listitem').filter({ hasText: 'Ada Lovelace changed checkout' });
  await line.getByRole('link', { name: /: details$/ }).click();
  const seen = delivery(page);
  await seen.getByText('2 of 2 instances and 1 of 1 edge have it.').waitFor({ timeout: KNOWN_WITHIN_MS });
  await seen.getByText(/^Instances: p50 .+, p99 .+\. Edges: p50 .+, p99 .+\.$/).waitFor();
  expect(await seen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');
  await expectAccessible();
  await keep('delivery');
}

function delivery(page: Page) {
  return page.getByRole('region', { name: 'Delivery' });
}

/** One application stands still, and is named; then it goes on. */
async function waitInTerminal(scene: Scene, { api, server }: Office, frozen: Application): Promise<void> {
  const terminal = await openCommandLine(scene);
  const place = ['-p', 'shop', '-e', 'staging', '--url', server.url, '--token', api.token];
  const everybody = await terminal.run('flags', 'toggle', FLAG, ...place, '--off', '--wait', '100%');
  expect(everybody).toMatchObject({ code: 0, stderr: '' });
  expect(everybody.stdout).toMatch(/2 of 2 instances have it \(p50 \d+ ms, p99 \d+ ms\), 1 of 1 edges/);
  frozen.program.signal('SIGSTOP');
  const late = await terminal.run('flags', 'toggle', FLAG, ...place, '--on', '--wait', '99%', '--wait-timeout', '3s');
  frozen.program.signal('SIGCONT');
  expect(late.code, late.stderr).toBe(7);
  expect(late.stdout).toContain('1 of 2 instances have it');
  expect(late.stdout).toContain(`/${frozen.program.pid})`);
  const after = await terminal.run('flags', 'toggle', FLAG, ...place, '--on', '--wait', '100%');
  expect(after).toMatchObject({ code: 0, stdout: expect.stringContaining('2 of 2 instances have it') });
  const listed = await terminal.json<{ instances: readonly { lag: number; live: boolean }[] }>('fleet', ...place);
  expect(listed.instances).toMatchObject([
    { lag: 0, live: true },
    { lag: 0, live: true },
  ]);
}
