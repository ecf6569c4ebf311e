// @ts-check
import { FlaghoistProvider } from '@flaghoist/openfeature-server';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { manage } from '../product/management.mjs';
import { startServer } from '../product/server.mjs';
import { createSightings } from './sightings.mjs';

const FLAGS = 20;
const PLACE = '/projects/bench/environments/production/flags';

/**
 * A real server in a process of its own; its writer and an application with the provider in this one.
 *
 * Every change gives one of a few number flags a value that no flag had before. It counts as seen when OpenFeature has
 * announced PROVIDER_CONFIGURATION_CHANGED and an evaluation through OpenFeature has answered that value.
 *
 * @param {{ folder: string; databaseUrl?: string }} place An empty folder.
 * @returns {Promise<import('./rounds.mjs').Subject>}
 */
export async function startProductSubject({ folder, ...database }) {
  const server = await startServer({ data: `${folder}/server`, ...database });
  try {
    const management = await manage(server);
    const { key, etags } = await prepare(management);
    const { client, changed, close } = await openApplication(server.url, key, `${folder}/provider`);
    const sightings = watch(client, changed);
    return {
      async change(number) {
        const flag = flagKey(number);
        const [seenAt, { sentAt, answeredAt, etag }] = await Promise.all([
          sightings.of(String(number)),
          management.patch(`${PLACE}/${flag}`, { variants: { now: number } }, etags.get(flag) ?? ''),
        ]);
        etags.set(flag, etag);
        return { sentAt, answeredAt, seenAt };
      },
      async stop() {
        await close();
        management.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** @param {number} number */
function flagKey(number) {
  return `limit-${number % FLAGS}`;
}

/** @param {import('../product/management.mjs').Management} management */
async function prepare(management) {
  await management.post('/projects', { key: 'bench', environments: ['production'] });
  /** @type {Map<string, string>} */
  const etags = new Map();
  for (let i = 0; i < FLAGS; i++) {
    const key = flagKey(i);
    const flag = {
      key,
      type: 'number',
      variants: { now: -1 },
      offVariant: 'now',
      defaultVariant: 'now',
      enabled: true,
    };
    await management.post('/projects/bench/flags', flag);
    etags.set(key, (await management.get(`${PLACE}/${key}`)).etag);
  }
  const made = await management.post('/projects/bench/keys', { kind: 'server', environments: ['production'] });
  return { key: /** @type {string} */ (made.body.secret), etags };
}

/**
 * @param {string} url
 * @param {string} key
 * @param {string} dataDir
 */
async function openApplication(url, key, dataDir) {
  const provider = new FlaghoistProvider({ url, key, dataDir });
  const domain = `bench ${url}`;
  await OpenFeature.setProviderAndWait(domain, provider);
  const changed = ProviderEvents.ConfigurationChanged;
  return { client: OpenFeature.getClient(domain), changed, close: () => provider.onClose() };
}

/**
 * @param {import('@openfeature/server-sdk').Client} client
 * @param {import('@openfeature/server-sdk').ProviderEvents} changed
 */
function watch(client, changed) {
  const sightings = createSightings();
  client.addHandler(changed, async (details) => {
    const { flagsChanged = [] } = /** @type {{ flagsChanged?: string[] }} */ (details ?? {});
    for (const flag of flagsChanged) sightings.saw(String(await client.getNumberValue(flag, -2)));
  });
  return sightings;
}
