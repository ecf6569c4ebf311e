// @ts-check
import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { handWritten } from '../hand-written.mjs';
import { NAMES, OTHER, WANTED } from '../work.mjs';
import { throughOpenFeature } from './open-feature.mjs';

/**
 * OpenFeature's own provider of flags in memory; the hand-written functions decide which variant.
 *
 * @type {import('../subject.mjs').Load}
 */
export async function load(flags) {
  const functions = handWritten(flags);
  const configuration = flags.map(({ key, type }) => {
    const { wanted, other } = NAMES[type];
    const decide = functions.get(key);
    if (decide === undefined) throw new Error(`There is no flag ${key}.`);
    const flag = {
      variants: { [wanted]: WANTED[type], [other]: OTHER[type] },
      defaultVariant: wanted,
      disabled: false,
      contextEvaluator: (/** @type {any} */ user) => decide(user).variant,
    };
    return [key, flag];
  });
  await OpenFeature.setProviderAndWait(new InMemoryProvider(Object.fromEntries(configuration)));
  return throughOpenFeature();
}
