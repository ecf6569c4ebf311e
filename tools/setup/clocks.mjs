// @ts-check
/** Clocks that step under a running process are made by libfaketime; where it is not, schedules of faults go without them. */
import { existsSync, readdirSync } from 'node:fs';
import { say } from './run.mjs';
import { canInstallPackages, installPackages } from './system-packages.mjs';

/** As root on Debian it installs what is missing; elsewhere it says what would have to be installed. */
export async function ensureClocks() {
  if (process.platform !== 'linux' || isHere()) return;
  if (!canInstallPackages()) {
    say('No clock will step: install libfaketime for that (Debian, Ubuntu: sudo apt-get install libfaketime).');
    return;
  }
  say('Installing libfaketime, for clocks that step (once) ...');
  const failure = await installPackages(['libfaketime']);
  if (failure !== null) say(`No clock will step: ${failure}`);
}

function isHere() {
  return ['/usr/local/lib', '/usr/lib', ...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`)].some((folder) =>
    existsSync(`${folder}/faketime/libfaketimeMT.so.1`),
  );
}
