// @ts-check
/** `npm run build`: installs and compiles what is out of date. */
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { runScript, say } from './setup/run.mjs';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  say('The build is up to date.');
  return 0;
});
