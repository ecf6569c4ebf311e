// @ts-check
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { ROOT } from './run.mjs';

/**
 * Loads a module of `system`, which nothing compiles: Vite reads it as it does for the tests.
 *
 * @param {string} path From the folder of the repository.
 * @returns {Promise<any>} What it exports.
 */
export async function loadTypeScript(path) {
  const { module } = await runnerImport(join(ROOT, path), { configFile: false, root: ROOT, logLevel: 'warn' });
  return module;
}
