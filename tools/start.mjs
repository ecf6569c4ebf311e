// @ts-check
/** `npm start -- ARGS`: the whole system in this process. Standard output belongs to the command alone. */
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { runScript } from './setup/run.mjs';

await runScript(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const { main } = await import('flaghoist');
  return main(['start', ...process.argv.slice(2)]);
});
