// @ts-check
/**
 * Loads a package of bench/peers/package.json. The name is resolved from this folder, so it is found in its node_modules and
 * nowhere else first; the name is no literal, because nobody but this bench has these packages installed.
 *
 * @param {string} name
 * @returns {Promise<any>}
 */
export function loadPeer(name) {
  return import(name);
}
