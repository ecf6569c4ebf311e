// @ts-check
/** Finds the PostgreSQL server programs that the tests start, and installs them where that is possible without asking. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, say, SetupError } from './run.mjs';
import { canInstallPackages, findOnPath, installPackages, pathFolders } from './system-packages.mjs';

const WHAT_TO_INSTALL = `The tests run against real PostgreSQL servers (15 or newer) that they start themselves, and found no initdb here.
Install the server programs, then run the command again; no server has to be running:
  Debian, Ubuntu   sudo apt-get install postgresql
  macOS            brew install postgresql@17, then put $(brew --prefix postgresql@17)/bin on the PATH
  other systems    install PostgreSQL so that pg_config is on the PATH
To run only the tests that need no database: npm test -- --project pure --project prop`;

/**
 * Looks where `pg_config` points, in Debian's folders, then on the PATH. As root on Debian it installs the package when nothing is found.
 *
 * @returns {Promise<string>} The folder that holds `initdb`.
 * @throws {SetupError} When there is none; the message says what to install.
 */
export async function ensurePostgres() {
  const found = await findPostgres();
  if (found !== null) return found;
  if (!canInstallPackages()) throw new SetupError(WHAT_TO_INSTALL);
  say('Installing PostgreSQL for the tests (once) ...');
  const failure = await installPackages(['postgresql']);
  if (failure !== null) throw new SetupError(`${failure}\n\napt-get could not install postgresql.\n${WHAT_TO_INSTALL}`);
  const installed = await findPostgres();
  if (installed === null)
    throw new SetupError(`apt-get installed postgresql, but no initdb came with it.\n${WHAT_TO_INSTALL}`);
  return installed;
}

/** @returns {Promise<string | null>} */
async function findPostgres() {
  const told = findOnPath('pg_config') === null ? '' : (await run('pg_config', ['--bindir'])).output.trim();
  const candidates = [told, ...debianFolders(), ...pathFolders()];
  return candidates.find((folder) => folder !== '' && existsSync(join(folder, 'initdb'))) ?? null;
}

/** @returns {string[]} Newest version first. */
function debianFolders() {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return [];
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(base, version, 'bin'));
}
