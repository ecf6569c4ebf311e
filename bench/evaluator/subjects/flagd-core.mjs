// @ts-check
import { loadPeer } from '../../peers/load.mjs';
import { COUNTRIES, NAMES, OTHER, WANTED } from '../work.mjs';

const QUIET = { error: console.error, warn: console.warn, info() {}, debug() {} };

/** @type {import('../subject.mjs').Load} */
export async function load(flags) {
  const { FlagdCore } = await loadPeer('@openfeature/flagd-core');
  const core = new FlagdCore(undefined, QUIET);
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(flags.map((flag) => [flag.key, toFlagd(flag)])) }));
  return {
    contextOf: (user) => user,
    boolean: (key, user) => core.resolveBooleanEvaluation(key, false, user, QUIET),
    string: (key, user) => core.resolveStringEvaluation(key, 'none', user, QUIET),
    valueOf: ({ value }) => value,
    // Its `fractional` is the same contract: the same hash over the same text, the same division into halves.
    sameBuckets: true,
  };
}

/** @param {import('../work.mjs').Flag} flag */
function toFlagd({ type, work, domain, version }) {
  const { wanted, other } = NAMES[type];
  const base = { state: 'ENABLED', variants: { [wanted]: WANTED[type], [other]: OTHER[type] } };
  if (work === 'static') return { ...base, defaultVariant: wanted };
  if (work === 'rollout') {
    const halves = [
      [wanted, 50],
      [other, 50],
    ];
    return { ...base, defaultVariant: other, targeting: { fractional: halves } };
  }
  const rules = [
    [{ ends_with: [{ var: 'email' }, domain] }, wanted],
    [{ sem_ver: [{ var: 'appVersion' }, '>', version] }, wanted],
    [{ in: [{ var: 'country' }, COUNTRIES] }, wanted],
  ];
  return { ...base, defaultVariant: other, targeting: { if: [...rules.flat(), other] } };
}
