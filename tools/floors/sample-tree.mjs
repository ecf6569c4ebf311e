// @ts-check
/** A small repository that keeps every rule, for tests that break one rule at a time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkFloors, describeViolation } from './check.mjs';

/** @typedef {Record<string, string | null>} Changes Path to its text; null leaves the file out. */

const HEADER = '/**\n * Owns: a thing. Tables: thing. Emits: nothing.\n * Never: anything else.\n */\n';

/** @type {Readonly<Record<string, string>>} */
const GOOD_TREE = {
  '.gitignore': 'node_modules/\ndist/\n',
  'package.json': json({
    name: 'sample',
    workspaces: ['packages/*', 'system'],
    devDependencies: { vitest: '1', 'oxc-parser': '1' },
  }),
  'vitest.config.ts': "import { defineConfig } from 'vitest/config';\nexport default defineConfig({});\n",
  'tools/check.mjs':
    "import { parseSync } from 'oxc-parser';\nimport './inner.mjs';\nawait import('flaghoist');\nparseSync('a', '');\n",
  'tools/inner.mjs': "import 'node:fs';\n",
  'bench/evaluate.mjs': "import { prepare } from '@flaghoist/evaluator';\nexport default prepare;\n",
  'spec/evaluation/basics.json': '{}\n',

  ...manifest('evaluator', { entries: ['.'] }),
  'packages/evaluator/src/index.ts': "export type { Model } from './model.ts';\nexport const prepare = 1;\n",
  'packages/evaluator/src/model.ts': 'export interface Model { readonly key: string }\n',
  'packages/evaluator/src/model.test.ts':
    "import { readFileSync } from 'node:fs';\nimport { it } from 'vitest';\nimport { prepare } from './index.ts';\nit('is', () => [prepare, readFileSync]);\n",

  ...manifest('runtime', { entries: ['./config'] }),
  'packages/runtime/src/config/index.ts':
    "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",

  ...manifest('protocol', { entries: ['./ruleset', './management'], shipped: ['@flaghoist/evaluator', 'typebox'] }),
  'packages/protocol/src/ruleset/index.ts': "export type { Model } from '@flaghoist/evaluator';\n",
  'packages/protocol/src/management/index.ts': "import { Type } from 'typebox';\nexport const schema = Type;\n",

  ...manifest('bus', {
    entries: ['.', './postgres', './contract'],
    shipped: ['kysely', '@flaghoist/protocol'],
    dev: ['@flaghoist/testkit'],
  }),
  'packages/bus/src/index.ts': 'export interface Bus { readonly name: string }\n',
  'packages/bus/src/postgres/index.ts':
    "import { sql } from 'kysely';\nimport type { Bus } from '../index.ts';\nexport const bus: Bus = sql;\n",
  'packages/bus/src/contract/index.ts': "import { it } from 'vitest';\nexport const suite = it;\n",
  'packages/bus/src/postgres/bus.pg.test.ts':
    "import '@flaghoist/testkit';\nimport { suite } from '../contract/index.ts';\nsuite('is');\n",

  ...manifest('client', { entries: ['.'], shipped: ['@flaghoist/protocol'] }),
  'packages/client/src/index.ts':
    "import type { Model } from '@flaghoist/protocol/ruleset';\nexport type Copy = Model;\n",

  ...manifest('edge', { entries: ['.'], shipped: ['@flaghoist/bus', '@flaghoist/client'] }),
  'packages/edge/src/index.ts':
    "import type { Bus } from '@flaghoist/bus';\nexport * from './doors/ofrep/index.ts';\nexport type Upstream = Bus;\n",
  'packages/edge/src/doors/ofrep/index.ts': 'export const ofrep = 1;\n',
  'packages/edge/src/doors/native/index.ts': 'export const native = 1;\n',

  ...manifest('server', { entries: ['.'], shipped: ['@flaghoist/bus', '@flaghoist/edge', 'pg'] }),
  'packages/server/src/index.ts': "export * from './compose.ts';\n",
  'packages/server/src/compose.ts':
    "import { bus } from '@flaghoist/bus/postgres';\nimport { ofrep } from '@flaghoist/edge';\nimport { change } from './modules/changes/index.ts';\nexport const all = [bus, ofrep, change];\n",
  'packages/server/src/platform/database.ts': "import pg from 'pg';\nexport const database = pg;\n",
  'packages/server/src/modules/audit/index.ts': `${HEADER}export { append } from './append.ts';\n`,
  'packages/server/src/modules/audit/append.ts':
    "import { database } from '../../platform/database.ts';\nexport const append = database;\n",
  'packages/server/src/modules/changes/index.ts': `${HEADER}import { append } from '../audit/index.ts';\nexport const change = append;\n`,

  ...manifest('cli', { name: 'flaghoist', entries: ['.'], shipped: ['@flaghoist/server'] }),
  'packages/cli/bin/flaghoist.js': "import { main } from '../dist/index.js';\nawait main();\n",
  'packages/cli/src/index.ts': "export async function main() {\n  await import('@flaghoist/server');\n}\n",

  ...manifest('testkit', { entries: ['.'], shipped: ['@flaghoist/evaluator', 'pg'] }),
  'packages/testkit/src/index.ts':
    "import { prepare } from '@flaghoist/evaluator';\nimport pg from 'pg';\nexport const kit = [prepare, pg];\n",
  // Broken on purpose: fixtures are data.
  'packages/testkit/src/fixtures/broken.ts': 'const = ;\n',

  'system/package.json': json({
    name: '@flaghoist/system',
    devDependencies: { flaghoist: '1', '@flaghoist/testkit': '1' },
  }),
  'system/journeys/first.test.ts':
    "import { main } from 'flaghoist';\nimport { kit } from '@flaghoist/testkit';\nexport const both = [main, kit];\n",
};

/**
 * Makes sample trees in the temporary folder, each a git repository of its own.
 *
 * `tree` writes the good tree, changed as asked, and returns its folder; `judge` also checks it and returns one line for each violation;
 * `removeAll` removes what was made.
 */
export function createSampleTrees() {
  /** @type {string[]} */
  const made = [];
  const tree = (/** @type {Changes} */ changes = {}) => {
    const root = mkdtempSync(join(tmpdir(), 'flaghoist-floors-'));
    made.push(root);
    git(root, 'init', '--quiet');
    for (const [path, text] of Object.entries({ ...GOOD_TREE, ...changes })) {
      if (text === null) continue;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };
  const judge = (/** @type {Changes} */ changes) => checkFloors(tree(changes)).violations.map(describeViolation);
  const removeAll = () => {
    for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
  };
  return { tree, judge, removeAll };
}

/**
 * @param {string} root
 * @param {...string} args
 */
export function git(root, ...args) {
  const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  execFileSync('git', args, { cwd: root, env });
}

/**
 * @param {string} folder
 * @param {{ name?: string; entries: readonly string[]; shipped?: readonly string[]; dev?: readonly string[] }} parts
 */
function manifest(folder, { name = `@flaghoist/${folder}`, entries, shipped = [], dev = [] }) {
  const versions = (/** @type {readonly string[]} */ names) => Object.fromEntries(names.map((each) => [each, '1']));
  const exported = entries.map((entry) => [entry, { default: `./dist/${entry.slice(2)}/index.js`.replace('//', '/') }]);
  const text = {
    name,
    exports: Object.fromEntries(exported),
    dependencies: versions(shipped),
    devDependencies: versions(dev),
  };
  return { [`packages/${folder}/package.json`]: json(text) };
}

/** @param {unknown} value */
function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
