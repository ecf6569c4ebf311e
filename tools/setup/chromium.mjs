// @ts-check
/** Finds the Chromium that browser tests open, and installs it where that is possible without asking. */
import { run, say, SetupError } from './run.mjs';
import { canInstallPackages, findOnPath, installPackages } from './system-packages.mjs';

/** The system tests look for the same names, in the same order. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
/** Without a font a page has no text to lay out. */
const PACKAGES = ['chromium', 'fonts-liberation'];
const WHAT_TO_INSTALL = `Some tests run in a real browser, and found no Chromium here.
Install it, then run the command again; no display is needed:
  Debian           sudo apt-get install chromium
  other systems    install Chromium or Chrome so that chromium or google-chrome is on the PATH
To run only the tests that need no browser: npm test -- --project pure --project prop --project pg`;

/**
 * Looks on the PATH. As root on Debian it installs the package when nothing is found.
 *
 * @returns {Promise<string>} The path of the program.
 * @throws {SetupError} When there is none; the message says what to install.
 */
export async function ensureChromium() {
  const found = await findChromium();
  if (found !== null) return found;
  if (!canInstallPackages()) throw new SetupError(WHAT_TO_INSTALL);
  say('Installing Chromium for the tests (once) ...');
  const failure = await installPackages(PACKAGES);
  if (failure !== null) throw new SetupError(`${failure}\n\napt-get could not install chromium.\n${WHAT_TO_INSTALL}`);
  const installed = await findChromium();
  if (installed === null)
    throw new SetupError(`apt-get installed chromium, but it cannot be started.\n${WHAT_TO_INSTALL}`);
  return installed;
}

/** @returns {Promise<string | null>} */
async function findChromium() {
  for (const program of PROGRAMS) {
    const path = findOnPath(program);
    // On Ubuntu the name may stand for a script that asks for a snap.
    if (path !== null && (await run(path, ['--version'])).code === 0) return path;
  }
  return null;
}
