// @ts-check
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { openBrowser } from './dashboard/browser.mjs';
import { measureFirstLoad } from './dashboard/first-load.mjs';
import { measureInteractions } from './dashboard/interactions.mjs';
import { startBarePage } from './dashboard/bare-page.mjs';
import { hirePerson } from './dashboard/person.mjs';
import { keyAt, makeContent } from './management/content.mjs';
import { progress } from './measure/progress.mjs';
import { withFolder } from './process/at-end.mjs';
import { manage, untilPublished } from './product/management.mjs';
import { startServer } from './product/server.mjs';

const WHOLE = { flags: 5_000, environments: 20, loads: 15, rounds: 25 };
const QUICK = { flags: 500, environments: 5, loads: 5, rounds: 8 };
/** Of a flag with three rules. */
const WITH_RULES = 1;

/**
 * What the dashboard is measured on.
 *
 * @typedef {object} Desk
 * @property {import('playwright-core').Browser} browser
 * @property {string} url The server's.
 * @property {string} bareUrl The bare floor's.
 * @property {{ name: string; value: string }} cookie A person's who may do everything.
 * @property {string} list The path of the flag list.
 * @property {string} flag The path of a flag with three rules.
 */

export default {
  describe: 'what people wait for in the dashboard, with 5,000 flags in 20 environments on PostgreSQL, in Chromium',
  quick: true,
  run: (/** @type {{ quick: boolean }} */ { quick }) => withFolder((folder) => measure(folder, quick ? QUICK : WHOLE)),
};

/**
 * @param {string} folder
 * @param {typeof WHOLE} size
 */
async function measure(folder, size) {
  progress('starting PostgreSQL, a server on it, and a browser');
  /** @type {(() => unknown)[]} */
  const ends = [];
  try {
    const postgres = await startPostgresServer();
    ends.unshift(() => postgres.stop());
    const { url: databaseUrl } = await createDatabase(postgres.url);
    const server = await startServer({ data: folder, databaseUrl });
    ends.unshift(() => server.stop());
    const management = await manage(server);
    ends.unshift(() => management.close());
    await makeContent(management, size);
    await untilPublished(management);
    const cookie = await hirePerson(management, server.url);
    const bare = await startBarePage();
    ends.unshift(() => bare.stop());
    const browser = await openBrowser();
    ends.unshift(() => browser.close());
    const list = '/projects/bench/flags?env=production';
    const flag = `/projects/bench/flags/${keyAt(WITH_RULES)}?env=production`;
    /** @type {Desk} */
    const desk = { browser, url: server.url, bareUrl: bare.url, cookie, list, flag };
    return [...(await measureFirstLoad(desk, size.loads)), ...(await measureInteractions(desk, size.rounds))];
  } finally {
    for (const end of ends) await end();
  }
}
