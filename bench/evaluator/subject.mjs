// @ts-check
/** One evaluator under measurement, whoever made it. */

/**
 * @typedef {import('./work.mjs').Flag} Flag
 * @typedef {import('./work.mjs').User} User
 *
 * @typedef {any} Context A user in the shape that this evaluator takes, made before anything is timed.
 * @typedef {any} Details What it answers, a promise of it where `waits`.
 *
 * @typedef {object} Subject
 * @property {(user: User) => Context} contextOf
 * @property {(key: string, context: Context) => Details} boolean
 * @property {(key: string, context: Context) => Details} string
 * @property {(details: Details) => unknown} valueOf Of details that were waited for.
 * @property {boolean} [waits] It answers with promises.
 * @property {boolean} [sameBuckets] It promises to put everybody into the same half as the product.
 * @property {() => unknown} [close]
 *
 * @typedef {(flags: readonly Flag[]) => Subject | Promise<Subject>} Load Resolves when it can answer.
 */

/**
 * Each in a module of its own, which is loaded in the process that measures it and in no other.
 *
 * @type {Readonly<Record<string, () => Promise<Load>>>}
 */
const LOADERS = {
  bare: async () => (await import('./subjects/bare.mjs')).load,
  product: async () => (await import('./subjects/product.mjs')).load,
  'flagd-core': async () => (await import('./subjects/flagd-core.mjs')).load,
  growthbook: async () => (await import('./subjects/growthbook.mjs')).load,
  configcat: async () => (await import('./subjects/configcat.mjs')).load,
  launchdarkly: async () => (await import('./subjects/launchdarkly.mjs')).load,
  unleash: async () => (await import('./subjects/unleash.mjs')).load,
  statsig: async () => (await import('./subjects/statsig.mjs')).load,
  inMemoryProvider: async () => (await import('./subjects/in-memory-provider.mjs')).load,
  provider: async () => (await import('./subjects/provider.mjs')).loadThroughOpenFeature,
  providerDirect: async () => (await import('./subjects/provider.mjs')).loadDirect,
};

/** Those whose speed the product is held against. */
export const PEERS = ['flagd-core', 'growthbook', 'configcat', 'launchdarkly', 'unleash', 'statsig'];

/**
 * @param {string} name
 * @param {readonly Flag[]} flags
 * @returns {Promise<Subject>}
 */
export async function loadSubject(name, flags) {
  const loader = LOADERS[name];
  if (loader === undefined) throw new Error(`There is no evaluator called '${name}'.`);
  return (await loader())(flags);
}
