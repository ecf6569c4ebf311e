// @ts-check
import { FlaghoistProvider } from '@flaghoist/openfeature-server';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { manage } from '../product/management.mjs';
import { startServer } from '../product/server.mjs';
import { openDoor } from './door.mjs';
import { createSightings } from './sightings.mjs';

const FLAGS = 20;
const PLACE = '/projects/bench/environments/production/flags';

/**
 * A real server in a process of its own; its writer and an application with the provider in this one.
 *
 * Every change gives one of a few number flags a value that no flag had before. It is at the door when a raw stream of the
 * edge has brought it. It counts as seen when OpenFeature has announced PROVIDER_CONFIGURATION_CHANGED and an evaluation
 * through OpenFeature has answered that value.
 *
 * @param {{ folder: string; databaseUrl?: string; natsUrl?: string; edges?: number; chain?: number }} place An empty folder.
 *   `edges`: so many processes of their own, over the same database and bus; it is at the door when it is at all of them.
 *   `chain`: so many edges follow one another over HTTP, the first of them the server; the last one's door it is.
 * @returns {Promise<import('./rounds.mjs').Subject>}
 */
export async function startProductSubject({ folder, databaseUrl, natsUrl, edges = 0, chain = 0 }) {
  const over = {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(natsUrl === undefined ? {} : { env: { NATS_URL: natsUrl } }),
  };
  const roles = edges > 0 ? { roles: 'control,publisher,worker' } : {};
  const server = await startServer({ data: `${folder}/server`, ...over, ...roles });
  /** @type {(() => Promise<void>)[]} */
  const stops = [() => server.stop()];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const management = await manage(server);
    stops.push(async () => management.close());
    const { key, etags } = await prepare(management);
    /** @type {import('../product/server.mjs').Server[]} */
    const apart = [];
    for (let i = 1; i <= edges; i++) {
      apart.push(await startServer({ data: `${folder}/edge-${i}`, ...over, roles: 'edge' }));
      stops.push(async () => apart[i - 1]?.stop());
    }
    let edge = apart[0] ?? server;
    const env = chain > 0 ? { FLAGHOIST_RELAY_KEY: await createKey(management, 'relay') } : {};
    for (let i = 1; i <= chain; i++) {
      edge = await startServer({ data: `${folder}/chained-${i}`, roles: 'edge', upstream: edge.url, env });
      stops.push(edge.stop);
    }
    const { client, changed, close } = await openApplication(edge.url, key, `${folder}/provider`);
    stops.push(close);
    const sightings = watch(client, changed);
    const doors = await Promise.all((edges > 0 ? apart : [edge]).map(({ url }) => watchDoor(url, key)));
    stops.push(async () => doors.forEach((door) => door.close()));
    return {
      async change(number) {
        const flag = flagKey(number);
        const [seenAt, atDoorAt, { sentAt, answeredAt, etag }] = await Promise.all([
          sightings.of(String(number)),
          Promise.all(doors.map((door) => door.sightings.of(String(number)))).then((moments) => Math.max(...moments)),
          management.patch(`${PLACE}/${flag}`, { variants: { now: number } }, etags.get(flag) ?? ''),
        ]);
        etags.set(flag, etag);
        return { sentAt, answeredAt, atDoorAt, seenAt };
      },
      stop,
    };
  } catch (error) {
    await stop();
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
  return { key: await createKey(management, 'server'), etags };
}

/**
 * @param {import('../product/management.mjs').Management} management
 * @param {'server' | 'relay'} kind
 * @returns {Promise<string>} Its text.
 */
async function createKey(management, kind) {
  const { body } = await management.post('/projects/bench/keys', { kind, environments: ['production'] });
  return body.secret;
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

/**
 * @param {string} url
 * @param {string} key
 */
async function watchDoor(url, key) {
  const sightings = createSightings();
  const { close } = await openDoor(url, key, (text) => {
    for (const [, value] of text.matchAll(/"now":(-?\d+)/g)) sightings.saw(value ?? '');
  });
  return { sightings, close };
}
