// @ts-check
/** The distribution's Chromium, without a window. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { atEnd } from '../process/at-end.mjs';

// The very driver of the system tests.
/** @type {typeof import('playwright-core')} */
const { chromium } = createRequire(new URL('../../system/package.json', import.meta.url))('playwright-core');
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
/** Nothing of its own accord over the network; no sandbox, which root cannot have. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser() {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  const executablePath = paths.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error(`The bench needs Chromium: none of ${PROGRAMS.join(', ')} is on the PATH.`);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  const forget = atEnd(() => void browser.close());
  browser.on('disconnected', forget);
  return browser;
}

/**
 * A page in a profile of its own, with an empty cache.
 *
 * @param {Pick<import('../dashboard.mjs').Desk, 'browser' | 'url' | 'cookie'>} desk
 */
export async function openPage({ browser, url, cookie }) {
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 840 },
    colorScheme: 'light',
    // On loopback and by https a browser takes brotli too, which is a tenth smaller: this is what comes through any proxy.
    extraHTTPHeaders: { 'accept-encoding': 'gzip' },
  });
  await context.addCookies([{ ...cookie, url, httpOnly: true, sameSite: 'Lax' }]);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return { page, close: () => context.close() };
}
