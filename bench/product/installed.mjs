// @ts-check
/**
 * Packages from npm as the product has them: the same version, and the same instance where it is loaded into one process
 * with the product. The benches have no manifest of their own, so nothing of this is theirs to choose.
 */

/** @returns {Promise<typeof import('@openfeature/server-sdk')>} */
export const loadOpenFeature = () => load('@openfeature/server-sdk');

/** @returns {Promise<typeof import('@electric-sql/pglite')>} */
export const loadPGlite = () => load('@electric-sql/pglite');

/** @returns {Promise<typeof import('@electric-sql/pglite/nodefs')>} */
export const loadPGliteFiles = () => load('@electric-sql/pglite/nodefs');

/** @returns {Promise<typeof import('pg')>} */
export const loadPg = () => load('pg');

/** @param {string} specifier */
async function load(specifier) {
  return import(specifier);
}
