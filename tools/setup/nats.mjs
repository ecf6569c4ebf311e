// @ts-check
/** Finds the nats-server that the tests start, and installs it where that is possible without asking. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ROOT, run, say, SetupError } from './run.mjs';
import { findOnPath, canInstallPackages, installPackages } from './system-packages.mjs';

const WHAT_TO_INSTALL = `Some tests run against real NATS servers (2.9 or newer) that they start themselves, and found no nats-server here.
Install it, then run the command again; no server has to be running:
  Debian, Ubuntu   sudo apt-get install nats-server
  macOS            brew install nats-server
  other systems    put nats-server on the PATH, or its path in NATS_SERVER
To run only the tests that need none: npm test -- --project pure --project prop --project pg`;

/** Debian puts it beside the programs of the administrator, which are not on everybody's PATH. */
const OUTSIDE_PATH = ['/usr/sbin/nats-server', '/usr/local/bin/nats-server'];

/** The Debian after the one that has 2.9. */
const NEXT_SUITE = 'trixie';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FOLDER = join(ROOT, '.cache', 'nats-server-next');
const APT_TIMEOUT_MS = 3 * 60_000;

/**
 * Looks where `NATS_SERVER` says, on the PATH, and where Debian puts it. As root on Debian it installs the package when
 * nothing is found.
 *
 * @returns {Promise<string>} The path of the program.
 * @throws {SetupError} When there is none; the message says what to install.
 */
export async function ensureNats() {
  const found = await findNats();
  if (found !== null) return found;
  if (!canInstallPackages()) throw new SetupError(WHAT_TO_INSTALL);
  say('Installing nats-server for the tests (once) ...');
  const failure = await installPackages(['nats-server']);
  if (failure !== null)
    throw new SetupError(`${failure}\n\napt-get could not install nats-server.\n${WHAT_TO_INSTALL}`);
  const installed = await findNats();
  if (installed === null)
    throw new SetupError(`apt-get installed nats-server, but it cannot be started.\n${WHAT_TO_INSTALL}`);
  return installed;
}

/** @returns {Promise<string | null>} */
async function findNats() {
  const told = process.env['NATS_SERVER'] ?? '';
  const paths = told === '' ? [findOnPath('nats-server'), ...OUTSIDE_PATH] : [told];
  for (const path of paths) {
    if (path !== null && existsSync(path) && (await run(path, ['--version'])).code === 0) return path;
  }
  return null;
}

/**
 * The nats-server of the next Debian, beside this machine's own: its package is unpacked into the cache of the repository,
 * and nothing of the system is changed.
 *
 * @returns {Promise<string | null>} Its path; null: it cannot be had here.
 */
export async function findNewerNats() {
  const program = join(FOLDER, 'usr', 'sbin', 'nats-server');
  if (existsSync(program)) return program;
  const mirror = await findMirror();
  if (mirror === null) return null;
  return withLock(FOLDER, async () => {
    if (!existsSync(program)) await unpack(mirror);
    return existsSync(program) && (await run(program, ['--version'])).code === 0 ? program : null;
  });
}

/** Where this Debian has its packages from. Null: it is none, or not the one before. */
async function findMirror() {
  if (findOnPath('apt-get') === null || findOnPath('dpkg-deb') === null || !existsSync(KEYS)) return null;
  const { output } = await run('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)', 'Created-By: Packages']);
  const line = output.split('\n').find((words) => words.trim().endsWith(' bookworm'));
  return line?.trim().split(' ')[0] ?? null;
}

/** @param {string} mirror */
async function unpack(mirror) {
  const apt = join(FOLDER, 'apt');
  await mkdir(join(apt, 'lists', 'partial'), { recursive: true });
  await mkdir(join(apt, 'cache', 'archives', 'partial'), { recursive: true });
  const sources = join(apt, 'sources.list');
  await writeFile(sources, `deb [signed-by=${KEYS}] ${mirror} ${NEXT_SUITE} main\n`);
  const settings = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  say(`Unpacking the nats-server of Debian ${NEXT_SUITE} into ${FOLDER} (once) ...`);
  try {
    for (const args of [['update'], ['download', 'nats-server']]) {
      const { code, output } = await run('apt-get', [...options, ...args], { cwd: apt, timeoutMs: APT_TIMEOUT_MS });
      if (code !== 0) return say(output.trim());
    }
    const { output } = await run('sh', ['-c', `dpkg-deb -x nats-server_*.deb ${JSON.stringify(FOLDER)}`], { cwd: apt });
    if (output !== '') say(output.trim());
  } finally {
    await rm(apt, { recursive: true, force: true });
  }
}
