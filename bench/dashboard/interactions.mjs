// @ts-check
/** What somebody does on a page that is open, until the browser has painted the answer. */
import { progress } from '../measure/progress.mjs';
import { median, rounded } from '../measure/statistics.mjs';
import { openPage } from './browser.mjs';
import { PAINTED_WITH, untilPainted } from './in-page.mjs';

const GOAL_MS = 100;
const SEARCH = `document.querySelector('input[type=search]')`;
const SWITCH = `document.querySelector('[role=list] [role=switch]')`;
const RULE = `[...document.querySelectorAll('[data-rule]')].at(-1)`;
const RULE_BUTTON = '[data-rule] > div > button[aria-expanded]:first-child';
const PALETTE = `document.querySelector('[role=dialog] [role=option]')`;
const DESCRIPTION = `${RULE}.querySelector('input')`;
const IS_LIST_STILL = `document.querySelector('[role=list][aria-busy=false] [data-flag]') !== null`;
const IS_LOADED_IN_SIGHT = `[250, 500, 750].every((y) => document.elementFromPoint(500, y)?.closest('[data-row]')?.querySelector('[data-flag]') != null)`;

/**
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Act
 * @property {string} name
 * @property {string} event The last one that the act makes, from which it is timed.
 * @property {(round: number) => string} isThere The condition for its answer, evaluated in the page.
 * @property {(page: Page, round: number) => Promise<unknown>} act
 * @property {(page: Page) => Promise<unknown>} [undo] So that it can be done again.
 * @property {'typing' | 'answer' | 'click' | 'wheel'} bare What the bare page does that is most like it.
 */

/** @type {readonly Act[]} */
const ON_THE_LIST = [
  {
    name: 'a letter typed in the search',
    event: 'keydown',
    isThere: () => `${SEARCH}.value === 'x'`,
    act: (page) => page.keyboard.press('x'),
    undo: clearSearch,
    bare: 'typing',
  },
  {
    name: 'the search, typed until its answer is shown',
    event: 'keydown',
    isThere: (round) =>
      `${IS_LIST_STILL} && location.search.includes('q=${10 + round}') && document.querySelector('[data-row]').textContent.includes('${10 + round}')`,
    async act(page, round) {
      const [first = '', second = ''] = String(10 + round);
      await page.keyboard.press(first);
      // From the second letter on.
      await page.evaluate(untilPainted('keydown', this.isThere(round)));
      await page.keyboard.press(second);
    },
    undo: clearSearch,
    bare: 'answer',
  },
  {
    name: 'a switch pressed',
    event: 'pointerup',
    isThere: () => `${SWITCH}.ariaChecked !== window.wasChecked`,
    async act(page) {
      await page.evaluate(`window.wasChecked = ${SWITCH}.ariaChecked`);
      await page.locator('[role=list] [role=switch]').first().click();
    },
    undo: (page) => untilThere(page, `${SWITCH}.ariaBusy !== 'true'`),
    bare: 'click',
  },
  {
    name: 'scrolled by twenty rows',
    event: 'wheel',
    isThere: () => `scrollY !== window.wasAt && ${IS_LOADED_IN_SIGHT}`,
    async act(page) {
      await page.evaluate('window.wasAt = scrollY');
      await page.mouse.move(500, 500);
      await page.mouse.wheel(0, 1_200);
    },
    bare: 'wheel',
  },
  {
    name: 'the palette opened',
    event: 'keydown',
    isThere: () => `${PALETTE} !== null`,
    async act(page, round) {
      await page.keyboard.down('Control');
      await page.evaluate(untilPainted('keydown', this.isThere(round)));
      await page.keyboard.press('k');
      await page.keyboard.up('Control');
    },
    async undo(page) {
      await page.keyboard.press('Escape');
      await untilThere(page, `document.querySelector('[role=dialog]') === null`);
    },
    bare: 'click',
  },
];

/** @type {readonly Act[]} */
const ON_A_FLAG = [
  {
    name: 'a rule opened',
    event: 'pointerup',
    isThere: () => `${DESCRIPTION} !== null`,
    act: (page) => page.locator(RULE_BUTTON).last().click(),
    undo: async (page) => {
      await page.locator(RULE_BUTTON).last().click();
      await untilThere(page, `${DESCRIPTION} === null`);
    },
    bare: 'click',
  },
  {
    name: 'a letter typed in a rule',
    event: 'keydown',
    isThere: () => `${DESCRIPTION}.value !== window.wasText`,
    async act(page) {
      if ((await page.evaluate(`${DESCRIPTION} === null`)) === true) await page.locator(RULE_BUTTON).last().click();
      await page.evaluate(`${DESCRIPTION}.focus(), window.wasText = ${DESCRIPTION}.value`);
      await page.keyboard.press('x');
    },
    bare: 'typing',
  },
];

/** @type {Record<Act['bare'], Act>} */
const BARE = {
  typing: {
    name: 'bare',
    event: 'keydown',
    isThere: () => `${SEARCH}.value === 'x'`,
    act: (page) => page.keyboard.press('x'),
    undo: (page) => page.evaluate(`${SEARCH}.value = ''`),
    bare: 'typing',
  },
  answer: {
    name: 'bare',
    event: 'keydown',
    isThere: () => `document.querySelector('output').textContent === 'answer to y'`,
    act: (page) => page.keyboard.press('y'),
    undo: (page) => page.evaluate(`${SEARCH}.value = '', document.querySelector('output').textContent = ''`),
    bare: 'answer',
  },
  click: {
    name: 'bare',
    event: 'pointerup',
    isThere: () => `document.querySelector('[role=switch]').ariaChecked !== window.wasChecked`,
    async act(page) {
      await page.evaluate(`window.wasChecked = document.querySelector('[role=switch]').ariaChecked`);
      await page.locator('[role=switch]').click();
    },
    bare: 'click',
  },
  wheel: {
    name: 'bare',
    event: 'wheel',
    isThere: () => 'scrollY !== window.wasAt',
    async act(page) {
      await page.evaluate('window.wasAt = scrollY');
      await page.mouse.move(500, 500);
      await page.mouse.wheel(0, 1_200);
    },
    bare: 'wheel',
  },
};

/**
 * @param {import('../dashboard.mjs').Desk} desk
 * @param {number} rounds
 */
export async function measureInteractions(desk, rounds) {
  return [
    ...(await measureOn(desk, desk.list, IS_LIST_STILL, ON_THE_LIST, rounds)),
    ...(await measureOn(desk, desk.flag, `${RULE} !== undefined`, ON_A_FLAG, rounds)),
  ];
}

/**
 * @param {import('../dashboard.mjs').Desk} desk
 * @param {string} path
 * @param {string} isThere
 * @param {readonly Act[]} acts
 * @param {number} rounds
 */
async function measureOn(desk, path, isThere, acts, rounds) {
  const product = await openPage(desk);
  const bare = await openPage({ ...desk, url: desk.bareUrl });
  const figures = [];
  try {
    await product.page.goto(`${desk.url}${path}`);
    await bare.page.goto(`${desk.bareUrl}/typing`);
    await untilThere(product.page, isThere);
    for (const act of acts) {
      progress(act.name);
      await prepare(product.page, act);
      await prepare(bare.page, BARE[act.bare]);
      /** @type {{ product: number[]; bare: number[] }} */
      const ms = { product: [], bare: [] };
      for (let round = 0; round < rounds; round++) {
        ms.product.push(await perform(product.page, act, round));
        ms.bare.push(await perform(bare.page, BARE[act.bare], round));
      }
      figures.push(...figuresOf(act.name, ms));
    }
  } finally {
    await product.close();
    await bare.close();
  }
  return figures;
}

/** @param {Page} page @param {Act} act */
async function prepare(page, { event }) {
  if (event === 'keydown') await page.evaluate(`scrollTo(0, 0), ${SEARCH}?.focus()`);
}

/** @param {Page} page @param {Act} act @param {number} round */
async function perform(page, act, round) {
  await page.evaluate(untilPainted(act.event, act.isThere(round)));
  await act.act(page, round);
  /** @type {number} */
  const ms = await page.evaluate('window.answered');
  await act.undo?.(page);
  return ms;
}

/** @param {string} name @param {{ product: readonly number[]; bare: readonly number[] }} ms */
function figuresOf(name, { product, bare }) {
  const [first = 0, ...later] = product;
  const bareLater = bare.slice(1);
  return [
    {
      name: `${name}, the first time`,
      value: rounded(first),
      unit: 'ms',
      floor: GOAL_MS,
      peers: { bare: rounded(bare[0] ?? 0) },
    },
    {
      name: `${name}, median`,
      value: rounded(median(later)),
      unit: 'ms',
      floor: GOAL_MS,
      peers: { bare: rounded(median(bareLater)) },
    },
    {
      name: `${name}, worst`,
      value: rounded(Math.max(...later)),
      unit: 'ms',
      floor: GOAL_MS,
      peers: { bare: rounded(Math.max(...bareLater)) },
    },
  ];
}

/** Not Playwright's own way, which the page's policy forbids. @param {Page} page @param {string} isThere */
function untilThere(page, isThere) {
  return page.evaluate(`(${PAINTED_WITH})(() => ${isThere})`);
}

/** @param {Page} page */
async function clearSearch(page) {
  await page.locator('input[type=search]').fill('');
  await untilThere(page, `!location.search.includes('q=') && ${IS_LIST_STILL}`);
}
