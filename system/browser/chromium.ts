/** The distribution's Chromium, without a window. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Scene } from '../scene.ts';
import { within } from '../until.ts';

/** `npm test` sees to one of them before it starts the tests. */
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
const CLOSED_WITHIN_MS = 10_000;

/** Starts a browser that ends with the test. */
export async function openChromium(scene: Scene): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ARGUMENTS,
    // The runner's worker turns signals into an exit of its own, on which the browser is killed.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  scene.atEnd(() => within('the end of the browser', CLOSED_WITHIN_MS, browser.close()));
  return browser;
}

function findChromium(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`none of ${PROGRAMS.join(', ')} is on the PATH: run npm test, which says more`);
  return found;
}
