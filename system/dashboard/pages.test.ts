/** Every page there is, and its dialogs: no violation of the rules for accessibility, wide and on a phone, in light and in dark; nothing scrolls sideways. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';
import { openDesk } from './desk.ts';
import { expectDialogs, PAGES_WITH_DIALOGS } from './dialogs.ts';
import { openOffice } from './office.ts';

const MAP = fileURLToPath(new URL('../../packages/dashboard/src/app/routes.ts', import.meta.url));
const SHOP = '/projects/demo-shop';
const FLAG = `${SHOP}/flags/new-checkout`;

/** Addresses of pages, by the route that they show. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  '/projects': ['/projects'],
  '/account': ['/account'],
  '/people': ['/people', '/people?tab=invitations'],
  '/single-sign-on': ['/single-sign-on'],
  flags: [`${SHOP}/flags?env=production`, `${SHOP}/flags?q=nothing-is-called-this`],
  'flags/new': [`${SHOP}/flags/new`],
  'flags/$flag': ['targeting', 'variants', 'try', 'history', 'counts'].map(
    (tab) => `${FLAG}?env=production&tab=${tab}`,
  ),
  compare: [`${SHOP}/compare`],
  segments: [`${SHOP}/segments`],
  'segments/$segment': [`${SHOP}/segments/staff?env=production`],
  environments: [`${SHOP}/environments`],
  history: [`${SHOP}/history`],
  'history/$change': [],
  keys: [`${SHOP}/keys`],
  insights: [`${SHOP}/insights`],
  fleet: [`${SHOP}/fleet`],
  settings: [`${SHOP}/settings`, `${SHOP}/settings?tab=tokens`],
};
/** Nobody is signed in there. */
const OUTSIDE: Readonly<Record<string, string>> = {
  '/sign-in': '/sign-in',
  '/setup': '/setup#fhi_x',
  '/invitation': '/invitation#x',
  '/password-reset': '/password-reset#x',
};
/** They lead elsewhere. */
const WITHOUT_PAGE = new Set(['/', '/projects/$project']);
const READ_WITHIN_MS = 20_000;
const PHONE = { width: 360, height: 780 };

it('Every page is accessible and fits, wide and on a phone', async () => {
  await expectAllListed();
  const scene = openScene();
  const office = await openOffice(scene, { args: ['--demo'] });
  const grants = [{ role: 'viewer', project: 'demo-shop', environment: null }];
  await office.api.write('POST', '/invitations', { email: 'grace@shop.example', name: 'Grace', grants });
  const outside = await openDesk(scene, office.browser, office.server.url);
  for (const path of Object.values(OUTSIDE)) {
    await outside.page.goto(path);
    await outside.page.getByRole('heading', { level: 1 }).waitFor();
    await outside.expectAccessible();
    await expectFitting(outside.page, path);
  }
  const desk = await office.seat(office.ada);
  const { page } = desk;
  const wide = page.viewportSize() ?? PHONE;
  const opened = new Set<string>();
  for (const path of Object.values(PAGES).flat()) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page, path);
    await desk.expectAccessible();
    await expectFitting(page, path);
    await page.setViewportSize(PHONE);
    await settled(page, path);
    await desk.expectAccessible({ withColours: false });
    await expectFitting(page, path);
    await page.setViewportSize(wide);
    const name = path
      .replace(`${SHOP}/`, '')
      .replace(/env=production&?/, '')
      .replace(/\?$/, '');
    await expectDialogs(desk, name);
    opened.add(name);
  }
  expect(PAGES_WITH_DIALOGS.filter((page) => !opened.has(page))).toEqual([]);
  await page.goto('/projects/demo-shop/nowhere');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await desk.expectAccessible();
}, 300_000);

/** A page that somebody adds has to stand above. */
async function expectAllListed(): Promise<void> {
  const source = await readFile(MAP, 'utf8');
  const routes = [...source.matchAll(/^ {2}path: '([^']+)'/gm)].map(([, path = '']) => path);
  expect(routes.length).toBeGreaterThan(15);
  const listed = [...Object.keys(PAGES), ...Object.keys(OUTSIDE), ...WITHOUT_PAGE];
  expect(routes.filter((path) => !listed.includes(path))).toEqual([]);
}

/** Nothing is read any more. (The stream of changes never ends, so the network is never idle.) */
async function settled(page: Page, path: string): Promise<void> {
  await until(`what ${path} reads`, READ_WITHIN_MS, async () =>
    (await page.locator('[aria-busy="true"]').count()) === 0 ? true : undefined,
  );
}

async function expectFitting(page: Page, path: string): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect(content, `${path} scrolls sideways`).toBeLessThanOrEqual(window);
}
