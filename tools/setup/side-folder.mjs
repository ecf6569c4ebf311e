// @ts-check
/** Folders with a lock of their own, whose packages only one script needs: they are installed when that script runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsWhatIsLocked, npmCommand } from './install.mjs';
import { withLock } from './lock.mjs';
import { run, say, SetupError } from './run.mjs';

const TIMEOUT_MS = 10 * 60_000;

/**
 * Brings `folder`/node_modules in line with its lock: runs `npm ci` there unless everything that the lock asks for is installed.
 *
 * @param {string} folder An absolute path.
 * @param {{ readonly what: string; readonly size: string; readonly hint: string }} words `what` is installed, how large it is, and what to
 *   do when it cannot be.
 * @throws {SetupError} When npm fails; the message holds npm's output.
 */
export async function ensureSideFolder(folder, { what, size, hint }) {
  if (isInstalled(folder)) return;
  await withLock(folder, async () => {
    if (isInstalled(folder)) return;
    say(`Installing ${what} in ${folder} (once, about ${size}) ...`);
    const { command, first } = npmCommand();
    const args = [...first, 'ci', '--no-audit', '--no-fund'];
    const { code, output } = await run(command, args, { cwd: folder, timeoutMs: TIMEOUT_MS });
    if (code === 0) return;
    throw new SetupError(
      `${output.trim()}\n\n${what} could not be installed: npm ci in ${folder} ended with code ${code}.\n` +
        `Most often the registry cannot be reached. ${hint}`,
    );
  });
}

/** @param {string} folder */
function isInstalled(folder) {
  const note = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  return holdsWhatIsLocked(readFileSync(join(folder, 'package-lock.json'), 'utf8'), readFileSync(note, 'utf8'));
}
