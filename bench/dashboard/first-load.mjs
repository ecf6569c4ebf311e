// @ts-check
/** A page opened for the first time: what comes over the wire, and when it can be used. */
import { progress } from '../measure/progress.mjs';
import { median, rounded } from '../measure/statistics.mjs';
import { openPage } from './browser.mjs';
import { PAINTED_WITH } from './in-page.mjs';
import { recordTraffic } from './traffic.mjs';

const GOAL_MS = 1_000;
const GOAL_KB = 250;
const LIST_IS_THERE = `document.querySelector('[data-flag]') !== null && document.querySelector('input[type=search]') !== null`;
const FLAG_IS_THERE = `document.querySelector('[data-rule]') !== null && document.querySelector('[role=switch]') !== null`;

/**
 * @typedef {import('../dashboard.mjs').Desk} Desk
 * @typedef {import('./traffic.mjs').Sent} Sent
 */

/**
 * @param {Desk} desk
 * @param {number} loads
 */
export async function measureFirstLoad(desk, loads) {
  progress('first loads');
  const list = { path: desk.list, isThere: LIST_IS_THERE };
  const flag = { path: desk.flag, isThere: FLAG_IS_THERE };
  // Which bytes come is the same each time; who comes first warms the server up.
  const sent = { list: (await load(desk, desk.url, list)).sent, flag: (await load(desk, desk.url, flag)).sent };
  tellFiles('the flag list', sent.list);
  tellFiles('the page of a flag', sent.flag);
  const bareList = { path: `/list/${bytesOf(sent.list)}`, isThere: LIST_IS_THERE };
  const bareFlag = { path: `/list/${bytesOf(sent.flag)}`, isThere: LIST_IS_THERE };
  await load(desk, desk.bareUrl, bareList);
  /** @type {Record<'list' | 'flag' | 'bareList' | 'bareFlag', number[]>} */
  const ms = { list: [], flag: [], bareList: [], bareFlag: [] };
  for (let i = 0; i < loads; i++) {
    ms.list.push((await load(desk, desk.url, list)).usableMs);
    ms.bareList.push((await load(desk, desk.bareUrl, bareList)).usableMs);
    ms.flag.push((await load(desk, desk.url, flag)).usableMs);
    ms.bareFlag.push((await load(desk, desk.bareUrl, bareFlag)).usableMs);
  }
  return [
    bytesFigure('the flag list, sent until it is shown', sent.list),
    ...figures('the flag list, opened until it is usable', ms.list, ms.bareList),
    bytesFigure('the page of a flag, sent until it is shown', sent.flag),
    ...figures('the page of a flag, opened until it is usable', ms.flag, ms.bareFlag),
  ];
}

/**
 * @param {string} name
 * @param {readonly number[]} product
 * @param {readonly number[]} bare
 */
function figures(name, product, bare) {
  return [
    {
      name: `${name}, median`,
      value: rounded(median(product)),
      unit: 'ms',
      floor: GOAL_MS,
      peers: { bare: rounded(median(bare)) },
    },
    {
      name: `${name}, worst`,
      value: rounded(Math.max(...product)),
      unit: 'ms',
      floor: GOAL_MS,
      peers: { bare: rounded(Math.max(...bare)) },
    },
  ];
}

/** @param {string} name @param {readonly Sent[]} sent */
function bytesFigure(name, sent) {
  /** @type {Record<string, number>} */
  const kinds = {};
  for (const { kind, bytes } of sent) kinds[kind] = (kinds[kind] ?? 0) + bytes / 1_000;
  const byKind = Object.fromEntries(Object.entries(kinds).map(([kind, kb]) => [kind, rounded(kb)]));
  return {
    name,
    value: rounded(bytesOf(sent) / 1_000),
    unit: 'kB',
    floor: GOAL_KB,
    peers: { ...byKind, requests: sent.length },
  };
}

/** @param {readonly Sent[]} sent */
function bytesOf(sent) {
  return sent.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @param {string} page @param {readonly Sent[]} sent */
function tellFiles(page, sent) {
  progress(`sent for ${page}:`);
  for (const { path, bytes } of sent.toSorted((a, b) => b.bytes - a.bytes))
    progress(`  ${(bytes / 1_000).toFixed(1).padStart(7)} kB  ${path}`);
}

/**
 * Opens an address with an empty cache.
 *
 * @param {Desk} desk
 * @param {string} url
 * @param {{ path: string; isThere: string }} what
 */
async function load(desk, url, { path, isThere }) {
  const { page, close } = await openPage({ ...desk, url });
  try {
    const traffic = await recordTraffic(page);
    await page.addInitScript(`window.usable = (${PAINTED_WITH})(() => ${isThere})`);
    await page.goto(`${url}${path}`, { waitUntil: 'commit' });
    /** @type {number} */
    const usableMs = await page.evaluate('window.usable');
    return { usableMs, sent: traffic.until(usableMs) };
  } finally {
    await close();
  }
}
