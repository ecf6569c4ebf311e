// @ts-check
import { loadPeer } from '../../peers/load.mjs';
import { COUNTRIES, OTHER, WANTED } from '../work.mjs';

const UNCOUNTED = { disableExposureLogging: true };

/** @type {import('../subject.mjs').Load} */
export async function load(flags) {
  const { default: statsig } = await loadPeer('@statsig/statsig-node-core');
  const specs = toSpecs(flags);
  const client = new statsig.Statsig('secret-none', {
    // What its server would send comes from this store, and nothing else is asked.
    specAdaptersConfig: [{ adapterType: 'data_store', initTimeoutMs: 10_000 }],
    dataStore: {
      initialize: async () => {},
      shutdown: async () => {},
      get: async () => ({ result: specs, time: 1 }),
      set: async () => {},
      supportPollingUpdatesFor: async () => false,
    },
    disableNetwork: true,
    disableAllLogging: true,
    disableCountryLookup: true,
    enableIdLists: false,
    outputLogLevel: 'error',
  });
  const { isSuccess, error } = await client.initialize();
  if (!isSuccess) throw new Error(`Statsig does not initialize: ${error}`);
  return {
    contextOf: ({ targetingKey, plan, ...rest }) =>
      new statsig.StatsigUser({ userID: targetingKey, ...rest, custom: { plan } }),
    boolean: (key, user) => client.getFeatureGate(user, key, UNCOUNTED),
    string: (key, user) => client.getDynamicConfig(user, key, UNCOUNTED),
    // It has no flags of strings: a dynamic configuration, an object, stands in.
    valueOf: ({ value }) => (typeof value === 'boolean' ? value : value.text),
    close: () => client.shutdown(),
  };
}

/** @param {readonly import('../work.mjs').Flag[]} flags */
function toSpecs(flags) {
  /** @type {Record<string, object>} */
  const conditions = {};
  const user = { additionalValues: {}, isDeviceBased: false, idType: 'userID' };
  /** @param {string} id @param {object} condition */
  const named = (id, condition) => {
    conditions[id] = { ...user, ...condition };
    return id;
  };
  /** @param {import('../work.mjs').Flag} flag */
  const conditionsOf = ({ key, work, domain, version }) => {
    if (work !== 'rules')
      return [named('everybody', { type: 'public', targetValue: null, operator: null, field: null })];
    return [
      { field: 'email', operator: 'str_ends_with_any', targetValue: [domain] },
      { field: 'appVersion', operator: 'version_gt', targetValue: version },
      { field: 'country', operator: 'any', targetValue: COUNTRIES },
    ].map((condition, at) => named(`${key}-${at}`, { type: 'user_field', ...condition }));
  };
  /** @param {import('../work.mjs').Flag} flag */
  const toSpec = (flag) => {
    const kind = flag.type === 'boolean' ? 'feature_gate' : 'dynamic_config';
    const rules = conditionsOf(flag).map((condition, at) => ({
      name: `${flag.key}-${at}`,
      id: `${flag.key}-${at}`,
      salt: `${flag.key}-${at}`,
      passPercentage: flag.work === 'rollout' ? 50 : 100,
      conditions: [condition],
      returnValue: valueIn(WANTED[flag.type]),
      isDeviceBased: false,
      idType: 'userID',
    }));
    return {
      type: kind,
      entity: kind,
      salt: flag.key,
      enabled: true,
      defaultValue: valueIn(OTHER[flag.type]),
      rules,
      isDeviceBased: false,
      idType: 'userID',
      version: 1,
    };
  };
  /** @param {import('../work.mjs').Type} type */
  const specsOf = (type) =>
    Object.fromEntries(flags.filter((flag) => flag.type === type).map((flag) => [flag.key, toSpec(flag)]));
  return JSON.stringify({
    feature_gates: specsOf('boolean'),
    dynamic_configs: specsOf('string'),
    layer_configs: {},
    layers: {},
    condition_map: conditions,
    experiment_to_layer: {},
    has_updates: true,
    time: 1_700_000_000_000,
    company_id: 'none',
    response_format: 'dcs-v2',
  });
}

/** @param {boolean | string} value */
function valueIn(value) {
  return typeof value === 'boolean' ? value : { text: value };
}
