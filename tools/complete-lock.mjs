// @ts-check
/**
 * `node tools/complete-lock.mjs`: adds to package-lock.json the optional packages of platforms that the registry in use
 * does not carry, so that `npm ci` accepts the lock on all of them. Run it after an `npm install` that changed the lock.
 *
 * npm writes only what it could resolve, and `npm ci` refuses a lock that lacks an optional dependency. The version is the
 * exact one that the parent names; a hash is not known here, so npm does not check one on those platforms.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup/run.mjs';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} Entry */

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'aix', 'netbsd', 'openbsd', 'sunos'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'wasm32', 'loong64', 'mips64el'];

const file = join(ROOT, 'package-lock.json');
const lock = /** @type {{ packages: Record<string, Entry> }} */ (JSON.parse(readFileSync(file, 'utf8')));
let added = 0;
for (const [path, parent] of Object.entries({ ...lock.packages }))
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] !== undefined || lock.packages[`${path}/${place}`] !== undefined) continue;
    lock.packages[place] = {
      version: version.replace(/^[\^~]/, ''),
      ...(parent.dev ? { dev: true } : {}),
      optional: true,
      ...platformOf(name),
    };
    added += 1;
  }
const entries = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(entries);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} optional packages of other platforms added`);

/** @param {string} name @returns {Partial<Entry>} */
function platformOf(name) {
  const words = name.replace(/^@[^/]+\//, '').split('-');
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (os.length === 0 && cpu.length === 0) throw new Error(`${name}: the platform cannot be read from its name`);
  const isMusl = words.some((word) => word.startsWith('musl'));
  const libc = os[0] === 'linux' ? { libc: [isMusl ? 'musl' : 'glibc'] } : {};
  return { ...(os.length > 0 ? { os } : {}), ...(cpu.length > 0 ? { cpu } : {}), ...libc };
}
