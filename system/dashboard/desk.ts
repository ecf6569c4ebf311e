/** Somebody at the dashboard: a browser of their own, watched for everything that a page must not do. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Scene } from '../scene.ts';

/** Where `npm run screenshots` puts what journeys keep. */
const KEPT = fileURLToPath(new URL('../../docs/dashboard/', import.meta.url));

export interface Desk {
  readonly page: Page;
  /** Finds no violation of the accessibility rules on what is shown now, dialogs included; in light and in dark. */
  readonly expectAccessible: () => Promise<void>;
  /** Takes a screenshot; keeps it in the documentation when it is asked for by `SCREENSHOTS=1`. */
  readonly keep: (name: string) => Promise<void>;
  /** What the page did that it must not do; emptied by reading. */
  readonly problems: () => readonly string[];
}

type ContextOptions = Pick<
  BrowserContextOptions,
  'colorScheme' | 'ignoreHTTPSErrors' | 'proxy' | 'userAgent' | 'viewport'
>;

export interface DeskOptions extends ContextOptions {
  /** Console messages and answers that this journey provokes on purpose. */
  readonly expects?: RegExp;
  /** Origins that pages may go to besides the dashboard's own. */
  readonly visits?: readonly string[];
}

const WIDE = { width: 1280, height: 840 };
const ACTION_WITHIN_MS = 15_000;

/** Opens the dashboard in a browser profile of its own. At the end of the test nothing bad may have been seen on the page. */
export async function openDesk(
  scene: Scene,
  browser: Browser,
  baseURL: string,
  { expects, visits = [], ...options }: DeskOptions = {},
): Promise<Desk> {
  const context = await browser.newContext({ baseURL, viewport: WIDE, colorScheme: 'light', ...options });
  context.setDefaultTimeout(ACTION_WITHIN_MS);
  scene.atEnd(() => context.close());
  const page = await context.newPage();
  const seen = watch(page, new Set([new URL(baseURL).origin, ...visits]), expects);
  scene.atEnd(async () => expect(seen).toEqual([]));
  showOnFailure(page);
  return {
    page,
    expectAccessible: () => expectAccessible(page),
    async keep(name) {
      await page.evaluate(ANIMATIONS_DONE);
      if (process.env['SCREENSHOTS'] !== '1') {
        await page.screenshot();
        return;
      }
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

/** Prints what stood on the page when the test failed, as a screen reader would meet it. */
function showOnFailure(page: Page): void {
  onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail' || page.isClosed()) return;
    const shown = await page
      .locator('body')
      .ariaSnapshot({ timeout: 5_000 })
      .catch((error: unknown) => String(error));
    process.stderr.write(`${page.url()}\n${shown}\n`);
  });
}

const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Resolves when nothing on the page is appearing, going or moving, or after 3 s. */
const ANIMATIONS_DONE = `(async () => {
  const isMoving = () => document.querySelector('[data-starting-style], [data-ending-style]') !== null
    || document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
  const until = performance.now() + 3000;
  let still = 0;
  while (still < 5 && performance.now() < until) {
    still = isMoving() ? 0 : still + 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})()`;

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function expectAccessible(page: Page): Promise<void> {
  const before = page.viewportSize() ?? WIDE;
  // What a bar that stays in sight covers for the moment can be scrolled to: the whole page is looked at.
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  if (height > before.height) await page.setViewportSize({ ...before, height: Math.min(height, 8_000) });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A colour in the middle of its transition is nobody's choice.
    await page.evaluate(ANIMATIONS_DONE);
    const axe = new AxeBuilder({ page }).withTags(RULES);
    // What floats above the page, such as a tooltip, lies in no landmark; the rule asks for one of everything.
    if ((await page.locator('[data-base-ui-portal]').count()) > 0) axe.disableRules(['region']);
    const { violations } = await axe.analyze();
    const told = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, html, failureSummary }) =>
          `${id}: ${help}: ${target.join(' ')}: ${html.slice(0, 200)}: ${failureSummary ?? ''}`,
      ),
    );
    expect(told, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
}
