// @ts-check
/** Programs that are no npm packages: finding them on the PATH, and installing them where that is possible without asking. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

const APT_TIMEOUT_MS = 5 * 60_000;

/** Folders that are named and may not exist. */
export function pathFolders() {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

/**
 * @param {string} program
 * @returns {string | null} Its path.
 */
export function findOnPath(program) {
  const paths = pathFolders().map((folder) => join(folder, program));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Whether `installPackages` may be called: as root on Debian and its like. */
export function canInstallPackages() {
  return process.getuid?.() === 0 && findOnPath('apt-get') !== null;
}

/**
 * Installs Debian packages and what they cannot do without.
 *
 * @param {readonly string[]} names
 * @returns {Promise<string | null>} Why it failed, in apt-get's words; null: they are installed.
 */
export async function installPackages(names) {
  // One broken package list fails an update, though the package may be known all the same: the installation decides.
  const update = await apt(['update']);
  const install = await apt(['install', '-y', '--no-install-recommends', ...names]);
  return install.code === 0 ? null : `${update.code === 0 ? '' : update.output}${install.output}`.trim();
}

/** @param {readonly string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env, timeoutMs: APT_TIMEOUT_MS });
}
