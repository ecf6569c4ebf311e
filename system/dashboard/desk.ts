/** Somebody at the dashboard: a browser of their own, watched for everything that a page must not do. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Scene } from '../scene.ts';
import { expectAccessible, type Scope, standStill } from './accessibility.ts';

/** Where `npm run screenshots` puts what journeys keep. */
const KEPT = fileURLToPath(new URL('../../docs/dashboard/', import.meta.url));

export interface Desk {
  readonly page: Page;
  /** Finds no violation of the accessibility rules on what is shown now, dialogs included; in light and in dark. */
  readonly expectAccessible: (scope?: Scope) => Promise<void>;
  /** Takes a screenshot; keeps it in the documentation when it is asked for by `SCREENSHOTS=1`. */
  readonly keep: (name: string) => Promise<void>;
  /** What the page did that it must not do; emptied by reading. */
  readonly problems: () => readonly string[];
}

type ContextOptions = Pick<
  BrowserContextOptions,
  'colorScheme' | 'ignoreHTTPSErrors' | 'proxy' | 'reducedMotion' | 'userAgent' | 'viewport'
>;

export interface DeskOptions extends ContextOptions {
  /** Console messages and answers that this journey provokes on purpose. */
  readonly expects?: RegExp;
  /** Origins that pages may go to besides the dashboard's own. */
  readonly visits?: readonly string[];
}

/** What moves costs a third of a journey's time: the first day and the pointer's journey are made with it. */
const DEFAULTS = { viewport: { width: 1280, height: 840 }, colorScheme: 'light', reducedMotion: 'reduce' } as const;
/** Only what hangs takes this long: the machines that tests run on are shared. */
const ACTION_WITHIN_MS = 30_000;

/** Opens the dashboard in a browser profile of its own. At the end of the test nothing bad may have been seen on the page. */
export async function openDesk(
  scene: Scene,
  browser: Browser,
  baseURL: string,
  { expects, visits = [], ...options }: DeskOptions = {},
): Promise<Desk> {
  const context = await browser.newContext({ baseURL, ...DEFAULTS, ...options });
  context.setDefaultTimeout(ACTION_WITHIN_MS);
  scene.atEnd(() => context.close());
  const page = await context.newPage();
  const seen = watch(page, new Set([new URL(baseURL).origin, ...visits]), expects);
  scene.atEnd(async () => expect(seen).toEqual([]));
  await context.addInitScript(KEEP_A_DIARY);
  showOnFailure(page, keepAsked(page));
  return {
    page,
    expectAccessible: (scope) => expectAccessible(page, scope),
    async keep(name) {
      if (process.env['SCREENSHOTS'] !== '1') return;
      await standStill(page);
      await mkdir(KEPT, { recursive: true });
      await page.screenshot({ path: join(KEPT, `${name}.png`) });
    },
    problems: () => seen.splice(0),
  };
}

/** Errors on the console (a broken content security policy is one), uncaught ones, failed answers, and requests to elsewhere. */
function watch(page: Page, origins: ReadonlySet<string>, expects: RegExp | undefined): string[] {
  const seen: string[] = [];
  const note = (what: string): void => {
    if (expects?.test(what) !== true) seen.push(what);
  };
  page.on('console', (message) => {
    // The browser tells every refusal of the server; a page that asks whether a key is free is told 404.
    if (message.type() === 'error' && !REFUSED.test(message.text())) note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 500) note(`${response.status()} from ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!origins.has(url.origin) && url.protocol !== 'data:' && url.protocol !== 'blob:')
      note(`asked ${request.url()}`);
  });
  return seen;
}

/** The last answers to the page, for whoever has to find out why a journey failed. */
function keepAsked(page: Page): readonly string[] {
  const asked: string[] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (!['fetch', 'xhr', 'document'].includes(request.resourceType())) return;
    asked.push(`${response.status()} ${request.method()} ${request.url()}`);
    if (asked.length > DIARY_LINES) asked.shift();
  });
  return asked;
}

/** Prints what was asked and pressed last, and what stood on the page when the test failed, as a screen reader would meet it. */
function showOnFailure(page: Page, asked: readonly string[]): void {
  onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail' || page.isClosed()) return;
    const pressed = await page.evaluate<readonly string[]>('globalThis.diary ?? []').catch(() => []);
    const shown = await page
      .locator('body')
      .ariaSnapshot({ timeout: 5_000 })
      .catch((error: unknown) => String(error));
    process.stderr.write([page.url(), ...asked, ...pressed, shown, ''].join('\n'));
  });
}

const DIARY_LINES = 15;

/** Notes what was pressed, and where: when a press came to nothing, this tells what got it. */
const KEEP_A_DIARY = `{
  const diary = (globalThis.diary = []);
  for (const kind of ['pointerdown', 'pointerup', 'click', 'keydown'])
    addEventListener(kind, (event) => {
      const { target } = event;
      const text = (target.getAttribute?.('aria-label') ?? target.textContent ?? '').slice(0, 40);
      diary.push([Math.round(performance.now()), kind, event.key ?? '', target.nodeName, text].join(' '));
      if (diary.length > ${DIARY_LINES}) diary.shift();
    }, true);
}`;

const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;
