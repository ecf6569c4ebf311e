// @ts-check
/** Brings bench/peers/node_modules in line with its lock. Only benches that measure peers need it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsWhatIsLocked, npmCommand } from './install.mjs';
import { withLock } from './lock.mjs';
import { ROOT, run, say, SetupError } from './run.mjs';

const FOLDER = join(ROOT, 'bench', 'peers');
const TIMEOUT_MS = 10 * 60_000;

/**
 * Runs `npm ci` there unless everything that the lock asks for is installed.
 *
 * @throws {SetupError} When npm fails; the message holds npm's output.
 */
export async function ensurePeers() {
  if (isInstalled()) return;
  await withLock(FOLDER, async () => {
    if (isInstalled()) return;
    say('Installing the peers in bench/peers (once, about 50 MB) ...');
    const { command, first } = npmCommand();
    const args = [...first, 'ci', '--no-audit', '--no-fund'];
    const { code, output } = await run(command, args, { cwd: FOLDER, timeoutMs: TIMEOUT_MS });
    if (code === 0) return;
    throw new SetupError(
      `${output.trim()}\n\nThe peers could not be installed: npm ci in ${FOLDER} ended with code ${code}.\n` +
        'Most often the registry cannot be reached. `--quick` measures without peers.',
    );
  });
}

function isInstalled() {
  const note = join(FOLDER, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  return holdsWhatIsLocked(readFileSync(join(FOLDER, 'package-lock.json'), 'utf8'), readFileSync(note, 'utf8'));
}
