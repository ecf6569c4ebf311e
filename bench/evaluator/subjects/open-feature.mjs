// @ts-check
import { OpenFeature } from '@openfeature/server-sdk';

/**
 * A subject that asks OpenFeature, whose provider is set already.
 *
 * @returns {import('../subject.mjs').Subject}
 */
export function throughOpenFeature() {
  const client = OpenFeature.getClient();
  return {
    waits: true,
    contextOf: (user) => user,
    boolean: (key, user) => client.getBooleanDetails(key, false, user),
    string: (key, user) => client.getStringDetails(key, 'none', user),
    valueOf: ({ value }) => value,
    sameBuckets: true,
    close: () => OpenFeature.close(),
  };
}
