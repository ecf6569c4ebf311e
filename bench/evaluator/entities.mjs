// @ts-check
import { toConfiguration } from './work.mjs';

/**
 * The flags as a ruleset carries them.
 *
 * @param {readonly import('./work.mjs').Flag[]} flags
 */
export function toEntities(flags) {
  return flags.map((flag) => ({
    kind: /** @type {const} */ ('flag'),
    key: flag.key,
    json: JSON.stringify(toConfiguration(flag)),
  }));
}
