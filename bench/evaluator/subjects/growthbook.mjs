// @ts-check
import { loadPeer } from '../../peers/load.mjs';
import { COUNTRIES, OTHER, WANTED } from '../work.mjs';

/** @type {import('../subject.mjs').Load} */
export async function load(flags) {
  const { GrowthBookClient } = await loadPeer('@growthbook/growthbook');
  // The payload is handed in and there is no key to ask a server with.
  const client = new GrowthBookClient();
  client.initSync({ payload: { features: Object.fromEntries(flags.map((flag) => [flag.key, toFeature(flag)])) } });
  /** @param {string} key @param {object} context */
  const evaluate = (key, context) => client.evalFeature(key, context);
  return {
    contextOf: ({ targetingKey, ...rest }) => ({ attributes: { id: targetingKey, ...rest } }),
    boolean: evaluate,
    string: evaluate,
    valueOf: ({ value }) => value,
    close: () => client.destroy(),
  };
}

/** @param {import('../work.mjs').Flag} flag */
function toFeature({ key, type, work, domain, version }) {
  const force = WANTED[type];
  if (work === 'static') return { defaultValue: force };
  const defaultValue = OTHER[type];
  // A percentage rollout, which is cheaper here than an experiment of two variations.
  if (work === 'rollout')
    return { defaultValue, rules: [{ force, coverage: 0.5, hashAttribute: 'id', seed: key, hashVersion: 2 }] };
  const ending = `${domain.replaceAll('.', String.raw`\.`)}$`;
  const conditions = [
    { email: { $regex: ending } },
    { appVersion: { $vgt: version } },
    { country: { $in: COUNTRIES } },
  ];
  return { defaultValue, rules: conditions.map((condition) => ({ condition, force })) };
}
