// @ts-check
/** Lists the files of the repository twice, by two roads that know nothing of each other. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKED } from './places.mjs';

const SKIPPED_ANYWHERE = new Set(['node_modules', 'dist', 'fixtures', '.git']);
const SKIPPED_AT_ROOT = new Set(['coverage', 'flaghoist-data']);

/**
 * Walks the folders. Skips builds, dependencies, fixtures and what a local run leaves behind.
 *
 * @param {string} root
 * @returns {string[]} Paths from the root, with forward slashes, sorted.
 */
export function walkTree(root) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} folder */
  const visit = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (SKIPPED_ANYWHERE.has(entry.name) || (folder === '' && SKIPPED_AT_ROOT.has(entry.name))) continue;
        visit(path);
      } else if (entry.isFile() && CHECKED.test(entry.name)) found.push(path);
    }
  };
  visit('');
  return found.sort();
}

/**
 * Asks git for every file that is committed or could be. Only fixtures are left out: a build or a dependency that git knows is a mistake
 * which the comparison must show.
 *
 * @param {string} root
 * @returns {{ all: string[]; checked: string[] }} `all`: every file; `checked`: those this check reads. Both sorted.
 * @throws {Error} When git is missing or the folder is no repository.
 */
export function askGit(root) {
  const listed = gitFiles(root, ['--cached', '--others', '--exclude-standard']);
  const deleted = new Set(gitFiles(root, ['--deleted']));
  const all = [...new Set(listed)].filter((path) => !deleted.has(path)).sort();
  return { all, checked: all.filter((path) => CHECKED.test(path) && !path.split('/').includes('fixtures')) };
}

/**
 * @param {string} root
 * @param {readonly string[]} options
 */
function gitFiles(root, options) {
  // A git hook exports these; they would point another repository's question at the hook's own.
  const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const result = spawnSync('git', ['ls-files', '-z', ...options], { cwd: root, env, maxBuffer: 1 << 28 });
  if (result.error) throw new Error(`git could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`git ls-files failed in ${root}: ${result.stderr.toString().trim()}`);
  return result.stdout
    .toString()
    .split('\0')
    .filter((path) => path !== '');
}
