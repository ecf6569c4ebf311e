// @ts-check
import { posix } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MODULE_ORDER } from './places.mjs';
import { createSampleTrees } from './sample-tree.mjs';

const trees = createSampleTrees();
const { judge } = trees;

const MODULE_HEADER = '/** Owns: x. Tables: x. Emits: x. Never: x. */\n';
const DASHBOARD = '{ "name": "@flaghoist/dashboard", "exports": {} }\n';
const AUDIT = 'packages/server/src/modules/audit/append.ts';
const CHANGES = 'packages/server/src/modules/changes/apply.ts';

afterEach(() => trees.removeAll());

describe('inner walls', () => {
  it('keep the order of the modules, by types too', () => {
    expect(
      judge({
        [AUDIT]: "export type { Change } from '../changes/index.ts';\n",
        [CHANGES]: 'export const append = 1;\n',
        'packages/server/src/modules/changes/index.ts': `${MODULE_HEADER}export {};\n`,
      }),
    ).toEqual([
      `${AUDIT}:1: '../changes/index.ts' the module 'audit' must not import 'changes', which is not below it: ${MODULE_ORDER.join(' < ')} [modules]`,
    ]);
  });

  it('refuse a way into a module past its index', () => {
    expect(judge({ [CHANGES]: "import '../audit/append.ts';\n" })).toEqual([
      `${CHANGES}:1: '../audit/append.ts' reaches into the module 'audit': use ../audit/index.ts [modules]`,
    ]);
  });

  it('refuse a module that is not on the list', () => {
    const found = judge({ 'packages/server/src/modules/billing/index.ts': `${MODULE_HEADER}export {};\n` });
    expect(found).toEqual([expect.stringContaining("the module 'billing' has no place in the order")]);
  });

  it('refuse modules that import what is above them, and a platform that knows modules', () => {
    expect(
      judge({
        [CHANGES]: "import '../../compose.ts';\n",
        'packages/server/src/platform/added.ts': "import '../modules/audit/index.ts';\n",
      }),
    ).toEqual([
      `${CHANGES}:1: '../../compose.ts' the module 'changes' imports platform and lower modules only [modules]`,
      "packages/server/src/platform/added.ts:1: '../modules/audit/index.ts' platform must not import a module: audit [modules]",
    ]);
  });

  it('let only compose.ts choose adapters', () => {
    expect(
      judge({
        'packages/server/src/platform/added.ts':
          "import '@flaghoist/bus/postgres';\nimport type { ofrep } from '@flaghoist/edge';\n",
      }),
    ).toEqual([
      expect.stringContaining("'@flaghoist/bus/postgres' only compose.ts chooses adapters"),
      expect.stringContaining("'@flaghoist/edge' only compose.ts chooses adapters"),
    ]);
  });

  it('keep the doors of the edge apart', () => {
    expect(judge({ 'packages/edge/src/doors/native/added.ts': "import '../ofrep/index.ts';\n" })).toEqual([
      "packages/edge/src/doors/native/added.ts:1: '../ofrep/index.ts' the door 'native' must not know the door 'ofrep' [doors]",
    ]);
  });

  it.each([
    ['no comment', 'export {};\n', 'missing: Owns: Tables: Emits: Never:'],
    ['one word less', '/** Owns: x. Tables: x. Emits: x. */\nexport {};\n', 'missing: Never:'],
    ['a comment after code', `export {};\n${MODULE_HEADER}`, 'missing: Owns: Tables: Emits: Never:'],
  ])('refuse a module header with %s', (_, text, missing) => {
    expect(judge({ 'packages/server/src/modules/changes/index.ts': text })).toEqual([
      expect.stringContaining(`(${missing}) [header]`),
    ]);
  });

  it('refuse a module without an index', () => {
    const found = judge({ 'packages/server/src/modules/flags/decide.ts': 'export {};\n' });
    expect(found).toEqual(["packages/server/src/modules/flags/decide.ts: the module 'flags' has no index.ts [header]"]);
  });
});

describe('the walls of the dashboard', () => {
  it.each([
    ['ui/button.tsx', '../api/client.ts', 'ui must not know api: hand in what it needs'],
    ['api/client.ts', '../ui/button.tsx', 'api must not know ui: hand in what it needs'],
    ['api/client.ts', '../app/router.ts', 'api must not know app: hand in what it needs'],
    [
      'modules/flag/flag-page.tsx',
      '../keys/keys-page.tsx',
      "the module 'flag' imports ui, api and itself, not the module 'keys'",
    ],
    ['modules/flag/draft/draft.ts', '../../../app/router.ts', "the module 'flag' imports ui, api and itself, not app"],
  ])('keep the folders of the dashboard apart: %s does not import %s', (file, target, message) => {
    const at = 'packages/dashboard/src/';
    const path = posix.join(at, posix.dirname(file), target);
    const found = judge({
      'packages/dashboard/package.json': DASHBOARD,
      [path]: 'export {};\n',
      [at + file]: `import '${target}';\n`,
    });
    expect(found).toEqual([`${at}${file}:1: '${target}' ${message} [dashboard]`]);
  });

  it('let app and routes of the dashboard bring everything together, and a module use ui, api and itself', () => {
    const at = 'packages/dashboard/src/';
    expect(
      judge({
        'packages/dashboard/package.json': DASHBOARD,
        [`${at}ui/button.tsx`]: "import './class-names.ts';\n",
        [`${at}ui/class-names.ts`]: 'export {};\n',
        [`${at}api/client.ts`]: 'export {};\n',
        [`${at}modules/flag/flag-page.tsx`]:
          "import '../../ui/button.tsx';\nimport '../../api/client.ts';\nimport './part.ts';\n",
        [`${at}modules/flag/part.ts`]: 'export {};\n',
        [`${at}routes/flag.tsx`]: "import '../modules/flag/flag-page.tsx';\n",
        [`${at}app/router.ts`]: "import '../routes/flag.tsx';\nimport '../ui/button.tsx';\n",
      }),
    ).toEqual([]);
  });
});
