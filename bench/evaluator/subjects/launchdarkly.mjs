// @ts-check
import { loadPeer } from '../../peers/load.mjs';
import { COUNTRIES, OTHER, WANTED } from '../work.mjs';

const QUIET = { error: console.error, warn: console.warn, info() {}, debug() {} };

/** @type {import('../subject.mjs').Load} */
export async function load(flags) {
  const { init } = await loadPeer('@launchdarkly/node-server-sdk');
  const { TestData } = await loadPeer('@launchdarkly/node-server-sdk/integrations');
  const data = new TestData();
  for (const flag of flags) data.usePreconfiguredFlag(toFlag(flag));
  const client = init('sdk-none', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: QUIET,
  });
  await client.waitForInitialization({ timeout: 10 });
  return {
    waits: true,
    contextOf: ({ targetingKey, ...rest }) => ({ kind: 'user', key: targetingKey, ...rest }),
    boolean: (key, context) => client.variationDetail(key, context, false),
    string: (key, context) => client.variationDetail(key, context, 'none'),
    valueOf: ({ value }) => value,
    close: () => client.close(),
  };
}

/** @param {import('../work.mjs').Flag} flag */
function toFlag({ key, type, work, domain, version }) {
  const base = { key, version: 1, on: true, salt: key, variations: [WANTED[type], OTHER[type]], offVariation: 1 };
  if (work === 'static') return { ...base, fallthrough: { variation: 0 } };
  if (work === 'rollout') {
    const halves = [0, 1].map((variation) => ({ variation, weight: 50_000 }));
    return { ...base, fallthrough: { rollout: { contextKind: 'user', variations: halves } } };
  }
  const clauses = [
    { attribute: 'email', op: 'endsWith', values: [domain] },
    { attribute: 'appVersion', op: 'semVerGreaterThan', values: [version] },
    { attribute: 'country', op: 'in', values: COUNTRIES },
  ];
  const rules = clauses.map((clause, at) => ({
    id: `rule-${at}`,
    clauses: [{ ...clause, contextKind: 'user' }],
    variation: 0,
  }));
  return { ...base, rules, fallthrough: { variation: 1 } };
}
