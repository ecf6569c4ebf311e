// @ts-check
/** Finds the proxies that tests put in front of the server, and installs them where that is possible without asking. */
import { existsSync } from 'node:fs';
import { run, say, SetupError } from './run.mjs';
import { canInstallPackages, findOnPath, installPackages } from './system-packages.mjs';

/** The environment variable that says where it is, the program, its Debian package, and how it says its version. */
const PROXIES = [
  { told: 'NGINX', program: 'nginx', ask: '-v' },
  { told: 'HAPROXY', program: 'haproxy', ask: '-v' },
  { told: 'VARNISHD', program: 'varnishd', package: 'varnish', ask: '-V' },
];

const WHAT_TO_INSTALL = `Some tests and commands run the configurations in deploy/ with real nginx (1.22 or newer), HAProxy (2.6) and Varnish (7.1), and start
them themselves. Install what is missing, then run the command again; none of them has to be running:
  Debian, Ubuntu   sudo apt-get install nginx haproxy varnish
                   (and, if you do not want them to run: sudo systemctl disable --now nginx haproxy varnish)
  macOS            brew install nginx haproxy varnish
  other systems    put them on the PATH, or their paths in NGINX, HAPROXY and VARNISHD
To run only the tests that need none: npm test -- --project pure --project prop --project pg --project nats`;

/**
 * Looks where the environment says, on the PATH, and where Debian puts them. As root on Debian it installs what is missing.
 *
 * @param {readonly string[]} [programs] Only these.
 * @throws {SetupError} When one is missing; the message says which, and what to install.
 */
export async function ensureProxies(programs = PROXIES.map(({ program }) => program)) {
  const missing = await findMissing(programs);
  if (missing.length === 0) return;
  const names = missing.map(({ program }) => program).join(', ');
  if (!canInstallPackages()) throw new SetupError(`Not found here: ${names}.\n${WHAT_TO_INSTALL}`);
  say(`Installing ${names} for the tests (once) ...`);
  const failure = await installPackages(missing.map(({ program, package: name = program }) => name));
  if (failure !== null) throw new SetupError(`${failure}\n\napt-get could not install ${names}.\n${WHAT_TO_INSTALL}`);
  const still = (await findMissing(programs)).map(({ program }) => program).join(', ');
  if (still !== '') throw new SetupError(`apt-get installed ${still}, but it cannot be started.\n${WHAT_TO_INSTALL}`);
}

/** @param {readonly string[]} programs */
async function findMissing(programs) {
  const wanted = PROXIES.filter(({ program }) => programs.includes(program));
  const found = await Promise.all(wanted.map((proxy) => isHere(proxy)));
  return wanted.filter((_, at) => found[at] === false);
}

/** @param {{ readonly told: string; readonly program: string; readonly ask: string }} proxy */
async function isHere({ told, program, ask }) {
  const at = process.env[told] ?? '';
  // Debian puts them beside the programs of the administrator, which are not on everybody's PATH.
  const paths = at === '' ? [findOnPath(program), `/usr/sbin/${program}`, `/usr/local/sbin/${program}`] : [at];
  for (const path of paths) if (path !== null && existsSync(path) && (await run(path, [ask])).code === 0) return true;
  return false;
}
