// @ts-check
/** Brings bench/peers/node_modules in line with its lock. Only benches that measure peers need it. */
import { join } from 'node:path';
import { ROOT } from './run.mjs';
import { ensureSideFolder } from './side-folder.mjs';

/**
 * Runs `npm ci` there unless everything that the lock asks for is installed.
 *
 * @throws {import('./run.mjs').SetupError} When npm fails; the message holds npm's output.
 */
export function ensurePeers() {
  const hint = '`--quick` measures without peers.';
  return ensureSideFolder(join(ROOT, 'bench', 'peers'), { what: 'The peers', size: '50 MB', hint });
}
