// @ts-check
/** Finds Prometheus's promtool, which tests ask about the alert rules. Nobody needs it for anything else. */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ROOT, run, say } from './run.mjs';
import { findOnPath } from './system-packages.mjs';

const FOLDER = join(ROOT, '.cache', 'promtool');
const TIMEOUT_MS = 3 * 60_000;

/**
 * Where `PROMTOOL` says, on the PATH, or in the cache of the repository. On Debian and its like it is unpacked there out of
 * the package prometheus (20 MB, once), of which nothing is installed: that would start a server.
 *
 * @returns {Promise<string | null>} Its path; null: it cannot be had here, and the test says so.
 */
export async function findPromtool() {
  const unpacked = join(FOLDER, 'usr', 'bin', 'promtool');
  const found = [process.env['PROMTOOL'] ?? '', findOnPath('promtool') ?? '', unpacked];
  const here = found.find((path) => path !== '' && existsSync(path));
  if (here !== undefined) return here;
  if (findOnPath('apt-get') === null || findOnPath('dpkg-deb') === null) return null;
  return withLock(FOLDER, async () => {
    if (!existsSync(unpacked)) await unpack();
    return existsSync(unpacked) ? unpacked : null;
  });
}

async function unpack() {
  const folder = join(FOLDER, 'package');
  await mkdir(folder, { recursive: true });
  say(`Unpacking promtool into ${FOLDER} (once) ...`);
  try {
    const { code, output } = await run('apt-get', ['download', 'prometheus'], { cwd: folder, timeoutMs: TIMEOUT_MS });
    if (code !== 0) return say(output.trim());
    const script = `dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x -C ${JSON.stringify(FOLDER)} ./usr/bin/promtool`;
    const unpacked = await run('sh', ['-c', script], { cwd: folder });
    if (unpacked.code !== 0) say(unpacked.output.trim());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
