/** Somebody who uses the dashboard without a mouse. After every key they must see where they are. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../until.ts';

export interface Keyboard {
  /** Playwright's names, such as `Alt+ArrowUp`; each is checked. */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Goes on with Tab (`back`: with Shift+Tab) until it is there. */
  tabTo(target: Locator, way?: 'on' | 'back'): Promise<void>;
  /** Resolves when this has the focus. */
  expectOn(target: Locator): Promise<void>;
}

const MOST_TABS = 120;
const SETTLED_WITHIN_MS = 3_000;

/** What is wrong with where the focus is: it is nowhere, out of sight, or behind something. Empty: nothing. */
const FOCUS_PROBLEM = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body || at === document.documentElement) return 'the focus is nowhere';
  const box = at.getBoundingClientRect();
  const name = at.tagName + ' ' + (at.getAttribute('aria-label') ?? at.textContent ?? '').slice(0, 60);
  const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
  const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
  if (right <= left || bottom <= top) return 'out of sight: ' + name;
  const seen = [0.1, 0.5, 0.9].some((x) => [0.2, 0.5, 0.8].some((y) => {
    const there = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
    return there !== null && (at.contains(there) || there.contains(at) || at.parentElement?.contains(there) === true);
  }));
  return seen ? '' : 'behind something else: ' + name;
})()`;

export function useKeyboard(page: Page): Keyboard {
  /** A menu that closes gives the focus back some frames later. */
  async function expectFocus(after: string): Promise<void> {
    let problem = '';
    await until(`a focus that one sees after ${after}`, SETTLED_WITHIN_MS, async () => {
      problem = await page.evaluate<string>(FOCUS_PROBLEM);
      return problem === '' ? true : undefined;
    }).catch((error: unknown) => expect.fail(`${String(error)}: ${problem}`));
  }

  async function isOn(target: Locator): Promise<boolean> {
    return (await target.and(page.locator(':focus')).count()) > 0;
  }

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await page.keyboard.press(key);
      await expectFocus(key);
    }
  }

  return {
    press,
    async type(text) {
      await page.keyboard.type(text);
      await expectFocus(`typing ${text}`);
    },
    async tabTo(target, way = 'on') {
      await target.first().waitFor();
      for (let i = 0; i < MOST_TABS; i++) {
        if (await isOn(target)) return;
        await press(way === 'on' ? 'Tab' : 'Shift+Tab');
      }
      expect.fail(`${MOST_TABS} tabs did not lead to ${String(target)}`);
    },
    async expectOn(target) {
      await until(`the focus on ${String(target)}`, SETTLED_WITHIN_MS, async () =>
        (await isOn(target)) ? true : undefined,
      );
    },
  };
}
