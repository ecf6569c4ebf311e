// @ts-check
import { once } from 'node:events';
import { loadPeer } from '../../peers/load.mjs';
import { COUNTRIES, OTHER, WANTED } from '../work.mjs';

/** @type {import('../subject.mjs').Load} */
export async function load(flags) {
  const { Unleash, InMemStorageProvider } = await loadPeer('unleash-client');
  const client = new Unleash({
    appName: 'bench',
    // Never asked: an interval of 0 fetches nothing, metrics and registration are off.
    url: 'http://127.0.0.1:9/api',
    refreshInterval: 0,
    disableMetrics: true,
    bootstrap: { data: flags.map(toFeature) },
    storageProvider: new InMemStorageProvider(),
    disableAutoStart: true,
  });
  client.on('error', fail);
  client.on('warn', fail);
  const ready = once(client, 'ready');
  await client.start();
  await ready;
  return {
    contextOf: ({ targetingKey, ...properties }) => ({ userId: targetingKey, properties }),
    boolean: (key, context) => client.isEnabled(key, context),
    string: (key, context) => client.getVariant(key, context),
    // A boolean flag is one that is enabled, a string flag one with variants.
    valueOf: (answer) => (typeof answer === 'boolean' ? answer : answer.payload?.value),
    close: () => client.destroy(),
  };
}

/** @param {unknown} error */
function fail(error) {
  throw error instanceof Error ? error : new Error(String(error));
}

/** @param {import('../work.mjs').Flag} flag */
function toFeature({ key, type, work, domain, version }) {
  const base = { name: key, type: 'release', enabled: true, stale: false, impressionData: false };
  const variants = type === 'string' ? variantsOf(work) : [];
  // Half and half by variants for a string, by the rollout of a strategy for a boolean.
  const half = { name: 'flexibleRollout', parameters: { rollout: '50', stickiness: 'userId', groupId: key } };
  const everybody = { name: 'default', parameters: {} };
  if (work !== 'rules')
    return { ...base, strategies: [work === 'rollout' && type === 'boolean' ? half : everybody], variants };
  const constraints = [
    { contextName: 'email', operator: 'STR_ENDS_WITH', values: [domain] },
    { contextName: 'appVersion', operator: 'SEMVER_GT', value: version },
    { contextName: 'country', operator: 'IN', values: COUNTRIES },
  ];
  const strategies = constraints.map((constraint) => ({
    ...everybody,
    constraints: [{ inverted: false, caseInsensitive: false, ...constraint }],
  }));
  return { ...base, strategies, variants };
}

/** @param {import('../work.mjs').Work} work */
function variantsOf(work) {
  /** @param {string} name @param {number} weight */
  const variant = (name, weight) => ({
    name,
    weight,
    weightType: 'variable',
    stickiness: 'userId',
    payload: { type: 'string', value: name },
    overrides: [],
  });
  if (work === 'rollout') return [variant(WANTED.string, 500), variant(OTHER.string, 500)];
  return [variant(WANTED.string, 1000)];
}
