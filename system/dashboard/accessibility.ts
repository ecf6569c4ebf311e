/** The rules for accessibility, asked of a page as it stands. */
import { source } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What depends on whether the page is light or dark; everything else is the same in both. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];
const LOOKS = 5;

interface Look {
  /** A line for each violation. */
  readonly violations: readonly string[];
  /** Whether something began to appear, to go or to move meanwhile. */
  readonly hasMoved: boolean;
}

export interface Scope {
  /** A selector. Default: the whole page. */
  readonly within?: string;
  /** Colours do not depend on the width: of a page that was looked at they need not be again. Default: true. */
  readonly withColours?: boolean;
  /** What a window may grow to, in pixels, to show the whole page; a list that keeps only rows in sight fills any. Default: 8,000. */
  readonly tallest?: number;
}

/** Finds no violation on what is shown now, dialogs included: all rules in light, those of colour in dark too. */
export async function expectAccessible(
  page: Page,
  { within = 'html', withColours = true, tallest = 8_000 }: Scope = {},
): Promise<void> {
  const before = page.viewportSize();
  // What a bar that stays in sight covers for the moment can be scrolled to: the whole page is looked at.
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  if (before !== null && height > before.height && within === 'html')
    await page.setViewportSize({ ...before, height: Math.min(height, tallest) });
  if (await page.evaluate<boolean>("typeof axe === 'undefined'")) await page.evaluate(source);
  // What floats above the page, such as a tooltip, lies in no landmark; the rule asks for one of everything.
  const isFloating = (await page.locator('[data-base-ui-portal]').count()) > 0;
  const left = [...(isFloating ? ['region'] : []), ...(withColours ? [] : RULES_OF_COLOUR)];
  const rules = Object.fromEntries(left.map((rule) => [rule, { enabled: false }]));
  const isStill = await page.evaluate<boolean>("matchMedia('(prefers-reduced-motion: reduce)').matches");
  // On a busy machine the colours of thousands of rows took longer than anybody waited for them to come to rest.
  if (!isStill) await page.emulateMedia({ reducedMotion: 'reduce' });
  if (withColours) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectNone(page, 'dark', within, { runOnly: { type: 'rule', values: RULES_OF_COLOUR } });
    await page.emulateMedia({ colorScheme: 'light' });
  }
  await expectNone(page, 'light', within, { runOnly: { type: 'tag', values: RULES }, rules });
  if (!isStill) await page.emulateMedia({ reducedMotion: 'no-preference' });
  if (before !== null) await page.setViewportSize(before);
}

async function expectNone(page: Page, colours: string, within: string, options: object): Promise<void> {
  let violations: readonly string[] = [];
  for (let looks = 0; looks < LOOKS; looks++) {
    // A colour in the middle of its transition is nobody's choice.
    await standStill(page);
    const look = await page.evaluate<Look>(
      `(${LOOK})(...${JSON.stringify([within, { ...options, resultTypes: ['violations'] }])})`,
    );
    ({ violations } = look);
    // A message that faded away meanwhile was judged half gone: that is looked at once more.
    if (violations.length === 0 || !look.hasMoved) break;
  }
  expect(violations, `${page.url()} in ${colours}`).toEqual([]);
}

const LOOK = `async (within, options) => {
  let hasMoved = false;
  const note = () => { hasMoved = true; };
  const signs = ['transitionrun', 'animationstart'];
  for (const sign of signs) document.addEventListener(sign, note, true);
  const { violations } = await axe.run(within === 'html' ? document : within, options);
  for (const sign of signs) document.removeEventListener(sign, note, true);
  return {
    hasMoved,
    violations: violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, html, failureSummary }) =>
      id + ': ' + help + ': ' + target.join(' ') + ': ' + html.slice(0, 200) + ': ' + (failureSummary ?? ''))),
  };
}`;

/** Resolves when nothing on the page is appearing, going or moving, or after 3 s. */
export async function standStill(page: Page): Promise<void> {
  await page.evaluate(STANDS_STILL);
}

const STANDS_STILL = `(async () => {
  const isMoving = () => document.querySelector('[data-starting-style], [data-ending-style]') !== null
    || document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
  const until = performance.now() + 3000;
  let still = 0;
  while (still < 5 && performance.now() < until) {
    still = isMoving() ? 0 : still + 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})()`;
