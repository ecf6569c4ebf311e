/**
 * What a browser with an empty cache has to load before it shows the flag list, or a flag: scripts, styles and the font as the server
 * sends them by gzip, and the document. Answers of the API are not counted; they depend on what there is to show.
 */
import type { Page, Request } from 'playwright-core';
import { expect, it } from 'vitest';
import { openScene, type Scene } from '../scene.ts';
import { openDesk } from './desk.ts';
import { type Office, openOffice } from './office.ts';

const MOST_BYTES = 250_000;
const RULE = {
  id: 'germany',
  conditions: [{ attribute: 'country', operator: 'in', values: ['DE'] }],
  serve: { variant: 'on' },
};
const PAGES = [
  { name: 'the flag list', script: 'flag-list', path: '/projects/shop/flags?env=production', shown: '[data-flag]' },
  { name: 'a flag', script: 'flag', path: '/projects/shop/flags/checkout?env=production', shown: '[data-rule]' },
] as const;

it('what the flag list and a flag need to be shown is no more than 250 kB, and is asked for once', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  await office.api.write('POST', '/projects', { key: 'shop', name: 'Shop', environments: ['staging', 'production'] });
  await office.api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  await office.api.configure('shop', 'production', 'checkout', { rules: [RULE] });
  const ada = await office.seat(office.ada, { reducedMotion: 'no-preference' });
  const cookies = await ada.page.context().cookies();
  for (const { name, script, path, shown } of PAGES) {
    const needed = await filesOf(office.server.url, path, script);
    const bytes = [...needed.values()].reduce((sum, size) => sum + size, 0);
    const told = [...needed].map(([file, size]) => `${size} ${file}`).join('\n');
    expect(bytes, `${name} needs\n${told}`).toBeLessThanOrEqual(MOST_BYTES);

    const { page, asked } = await openCold(scene, office, cookies, new Set(needed.keys()));
    await page.goto(path);
    await page.locator(shown).first().waitFor();
    // The page came to be with these files alone, and all of them are part of it.
    expect([...needed.keys()].filter((file) => file !== path && !asked.has(file))).toEqual([]);
    // What the first script asks for is what the program then takes: nothing is asked for twice, however it is narrowed.
    const reads = [...asked].filter(([read]) => read.startsWith('/api/'));
    expect(reads.map(([read]) => read)).toContain('/api/v1/projects/shop/environments');
    expect(reads.filter(([, times]) => times > 1)).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }
});

/** A browser that has never been here, which gets no other files of the program than these. */
async function openCold(
  scene: Scene,
  { browser, server }: Office,
  cookies: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>,
  files: ReadonlySet<string>,
) {
  const { page } = await openDesk(scene, browser, server.url);
  await page.context().addCookies(cookies);
  const asked = new Map<string, number>();
  page.on('request', (request: Request) => {
    const { pathname } = new URL(request.url());
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
  });
  // What comes later is left waiting: an answer of failure would be asked for again.
  await page.route('**/assets/**', async (route) => {
    if (files.has(new URL(route.request().url()).pathname)) await route.continue();
  });
  return { page, asked };
}

/**
 * The document and what it names, and the page's own script, with everything that those import; each with its size as it is sent.
 *
 * @param script How the name of the page's own script begins.
 */
async function filesOf(origin: string, path: string, script: string): Promise<ReadonlyMap<string, number>> {
  const document = await sent(origin, path);
  const files = new Map([[path, document.bytes]]);
  const waiting = [...document.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (files.has(file)) continue;
    const { bytes, text } = await sent(origin, file);
    files.set(file, bytes);
    if (!file.endsWith('.js')) continue;
    const imports = text.matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g);
    waiting.push(...[...imports].map(([, name = '']) => `/assets/${name}`));
    // The first script asks for the page that the address names.
    const page = new RegExp(`import\\(["'\`]\\./(${script}-[\\w-]{8}\\.js)`).exec(text)?.[1];
    if (file.startsWith('/assets/early-')) {
      if (page === undefined) throw new Error(`the first script loads no ${script}: what is the page called now?`);
      waiting.push(`/assets/${page}`);
    }
  }
  return files;
}

async function sent(origin: string, path: string): Promise<{ readonly bytes: number; readonly text: string }> {
  const response = await fetch(origin + path, { headers: { accept: 'text/html,*/*', 'accept-encoding': 'gzip' } });
  expect(response.status, path).toBe(200);
  const length = response.headers.get('content-length');
  const text = await response.text();
  if (length === null) throw new Error(`${path} came without its length`);
  return { bytes: Number(length), text };
}
