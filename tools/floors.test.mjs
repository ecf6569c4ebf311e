// @ts-check
import { afterEach, describe, expect, it } from 'vitest';
import { checkFloors, describeViolation } from './floors/check.mjs';
import { createSampleTrees, git } from './floors/sample-tree.mjs';

const trees = createSampleTrees();
const { judge, tree } = trees;

const EVALUATOR = 'packages/evaluator/src/added.ts';

afterEach(() => trees.removeAll());

describe('a tree that keeps every rule', () => {
  it('passes, with every file and every import counted', () => {
    const report = checkFloors(tree());
    expect(report.violations.map(describeViolation)).toEqual([]);
    expect(report).toMatchObject({ files: 28, imports: 35 });
  });

  it('may hold broken files in fixtures, and commits its files without a difference', () => {
    const root = tree();
    git(root, 'add', '.');
    expect(checkFloors(root).violations).toEqual([]);
  });
});

describe('declared imports', () => {
  it('refuses a package of the workspace that package.json does not name', () => {
    expect(judge({ 'packages/edge/src/added.ts': "\nimport '@flaghoist/evaluator';\n" })).toEqual([
      "packages/edge/src/added.ts:2: '@flaghoist/evaluator' @flaghoist/evaluator is not declared in packages/edge/package.json [declared]",
    ]);
  });

  it('refuses a package of the workspace that does not exist', () => {
    expect(judge({ [EVALUATOR]: "import '@flaghoist/nothing';\n" })).toEqual([
      `${EVALUATOR}:1: '@flaghoist/nothing' no known package of this workspace is called @flaghoist/nothing [declared]`,
    ]);
  });

  it('refuses an npm package that package.json does not name', () => {
    expect(judge({ 'packages/runtime/src/config/added.ts': "import pino from 'pino';\npino();\n" })).toEqual([
      "packages/runtime/src/config/added.ts:1: 'pino' pino is not declared in packages/runtime/package.json [declared]",
    ]);
  });

  it('refuses a devDependency in source, of the package and of the root', () => {
    expect(judge({ 'packages/bus/src/added.ts': "import '@flaghoist/testkit';\nimport 'vitest';\n" })).toEqual([
      "packages/bus/src/added.ts:1: '@flaghoist/testkit' @flaghoist/testkit is only a devDependency in packages/bus/package.json, and this is no test [declared]",
      "packages/bus/src/added.ts:1: '@flaghoist/testkit' the testkit is for tests only (*.test.ts, *.contract.ts, contract/, test-support/) [tests]",
      "packages/bus/src/added.ts:2: 'vitest' vitest is not declared in packages/bus/package.json [declared]",
    ]);
  });

  it('refuses specifiers of other kinds', () => {
    const text = "import '#inside';\nimport 'file:///etc/x.mjs';\nimport '/x.ts';\nimport 'fs';\n";
    expect(judge({ 'packages/runtime/src/config/added.ts': text })).toEqual([
      "packages/runtime/src/config/added.ts:1: '#inside' is neither a relative path, a package nor a node: module [entry]",
      "packages/runtime/src/config/added.ts:2: 'file:///etc/x.mjs' is neither a relative path, a package nor a node: module [entry]",
      "packages/runtime/src/config/added.ts:3: '/x.ts' is neither a relative path, a package nor a node: module [entry]",
      "packages/runtime/src/config/added.ts:4: 'fs' write node:fs [declared]",
    ]);
  });
});

describe('floors', () => {
  /** Every way to name a module, each of which must be seen. */
  const forms = {
    'a static import': "import { all } from '@flaghoist/server';",
    'a bare import': "import '@flaghoist/server';",
    'a type-only import': "import type { All } from '@flaghoist/server';",
    'an inline type import': "import { type All } from '@flaghoist/server';",
    'a re-export': "export { all } from '@flaghoist/server';",
    'a re-export of everything': "export * from '@flaghoist/server';",
    'a type-only re-export': "export type { All } from '@flaghoist/server';",
    'a dynamic import': "export const all = await import('@flaghoist/server');",
    'a dynamic import of a template': 'export const all = await import(`@flaghoist/server`);',
    'an import type': "export type All = import('@flaghoist/server').All;",
    'a typeof import type': "export type All = typeof import('@flaghoist/server');",
    'an import assignment': "import all = require('@flaghoist/server');\nexport { all };",
    'a require call': "export const all = require('@flaghoist/server');",
    'a resolve call': "export const all = import.meta.resolve('@flaghoist/server');",
    'a module augmentation': "declare module '@flaghoist/server' {}\nexport {};",
    'a reference comment': '/// <reference types="@flaghoist/server" />\nexport {};',
  };
  it.each(Object.entries(forms))('refuse %s that goes upward', (_, text) => {
    expect(judge({ 'packages/bus/src/added.ts': `${text}\n` })).toEqual([
      "packages/bus/src/added.ts:1: '@flaghoist/server' @flaghoist/server is not declared in packages/bus/package.json [declared]",
      "packages/bus/src/added.ts:1: '@flaghoist/server' bus (floor 3) must not import upward: server (floor 5) [floors]",
    ]);
  });

  it('refuse a neighbour, declared or not', () => {
    const manifest = JSON.stringify({ name: '@flaghoist/client', dependencies: { '@flaghoist/bus': '1' } });
    const text = "export type { Bus } from '@flaghoist/bus';\n";
    expect(judge({ 'packages/client/package.json': manifest, 'packages/client/src/index.ts': text })).toEqual([
      "packages/client/src/index.ts:1: '@flaghoist/bus' client (floor 3) must not import a neighbour on its own floor: bus (floor 3) [floors]",
    ]);
  });

  it('hold for tests too', () => {
    const found = judge({ 'packages/evaluator/src/added.test.ts': "import '@flaghoist/protocol/ruleset';\n" });
    expect(found.join('\n')).toContain('evaluator (floor 1) must not import upward: protocol (floor 2) [floors]');
  });

  it('keep the testkit on the lowest two', () => {
    const found = judge({ 'packages/testkit/src/added.ts': "import type { Bus } from '@flaghoist/bus';\n" });
    expect(found.join('\n')).toContain('the testkit imports floors 1 to 2 only, not bus (floor 3) [floors]');
  });

  it('refuse an import() that hides where it leads', () => {
    const found = judge({ [EVALUATOR]: 'export const load = (path: string) => import(path);\n' });
    expect(found).toEqual([expect.stringContaining(`${EVALUATOR}:1: import() of an expression hides where it leads`)]);
  });
});

describe('purity', () => {
  it('keeps Node and third-party code out of evaluator, protocol and client', () => {
    const text = "import 'node:fs';\nimport 'typebox';\n/// <reference types=\"node\" />\n";
    expect(judge({ 'packages/protocol/src/ruleset/added.ts': text })).toEqual([
      expect.stringContaining("'node:fs' protocol names no runtime"),
      expect.stringContaining("'typebox' protocol uses no third-party code [pure]"),
      expect.stringContaining("'node:' protocol names no runtime"),
    ]);
  });

  it('lets one file of the client adapt the engine of regular expressions', () => {
    const text = "import 're2js';\n";
    const found = judge({ 'packages/client/src/regex-engine.ts': text, 'packages/client/src/added.ts': text });
    expect(found.filter((line) => line.endsWith('[pure]'))).toEqual([
      expect.stringContaining("added.ts:1: 're2js' client uses no third-party code"),
    ]);
  });

  it('keeps database drivers out of the edge, types included', () => {
    const text = "import type { Pool } from 'pg';\nimport '@electric-sql/pglite';\n";
    const found = judge({ 'packages/edge/src/added.ts': text }).filter((line) => line.endsWith('[drivers]'));
    expect(found).toEqual([
      expect.stringContaining("added.ts:1: 'pg'"),
      expect.stringContaining("added.ts:2: '@electric-sql/pglite'"),
    ]);
  });

  it('finds the driver that the edge reaches through another package', () => {
    const found = judge({
      'packages/bus/src/index.ts': "export * from './postgres/index.ts';\n",
      'packages/bus/src/postgres/index.ts': "import 'kysely';\n",
      'packages/edge/src/index.ts': "export * from '@flaghoist/bus';\n",
    });
    expect(found).toEqual([
      'packages/edge/src/index.ts: reaches a PostgreSQL driver: packages/edge/src/index.ts > packages/bus/src/index.ts > packages/bus/src/postgres/index.ts > kysely [drivers]',
    ]);
  });
});

describe('entries', () => {
  it('refuse a reach past the exports of a package', () => {
    expect(
      judge({ 'packages/protocol/src/ruleset/added.ts': "import '@flaghoist/evaluator/dist/model.js';\n" }),
    ).toEqual([
      "packages/protocol/src/ruleset/added.ts:1: '@flaghoist/evaluator/dist/model.js' reaches past the entries of @flaghoist/evaluator: its package.json exports . [entry]",
    ]);
  });

  it.each([
    ['packages/client/src/added.ts', '../../evaluator/src/model.ts', 'packages/client'],
    ['bench/added.mjs', '../packages/cli/bin/flaghoist.js', 'bench'],
    ['system/added.ts', '../tools/inner.mjs', 'system'],
    ['tools/added.mjs', '../bench/evaluate.mjs', 'tools'],
    ['added.config.ts', './packages/cli/src/index.ts', 'the root'],
  ])('refuse a relative way out of a place: %s to %s', (file, specifier, home) => {
    expect(judge({ [file]: `import '${specifier}';\n` })).toEqual([
      `${file}:1: '${specifier}' leaves ${home}: import the other package by its name, through an entry [entry]`,
    ]);
  });

  it('refuse a relative import of a file that was not judged', () => {
    const found = judge({ 'packages/testkit/src/added.ts': "import './fixtures/broken.ts';\n" });
    expect(found).toEqual([expect.stringContaining('names no source file that this check has read')]);
  });

  it('refuse the package itself by its name', () => {
    expect(judge({ [EVALUATOR]: "import '@flaghoist/evaluator';\n" })).toEqual([
      expect.stringContaining('is the package itself'),
    ]);
  });
});

describe('test support', () => {
  it('may lie in a test-support folder beside the source', () => {
    const text = "import 'node:fs';\nimport 'vitest';\n";
    expect(judge({ 'packages/client/test-support/published.ts': text })).toEqual([]);
  });

  it('is not for source, by path or by name', () => {
    const text = "import './contract/index.ts';\n";
    const found = judge({
      'packages/bus/src/added.ts': text,
      'packages/server/src/added.ts': "import '@flaghoist/bus/contract';\n",
    });
    expect(found).toEqual([
      "packages/bus/src/added.ts:1: './contract/index.ts' packages/bus/src/contract/index.ts is test support: source must not depend on it [tests]",
      "packages/server/src/added.ts:1: '@flaghoist/bus/contract' packages/bus/src/contract/index.ts is test support: source must not depend on it [tests]",
    ]);
  });
});
