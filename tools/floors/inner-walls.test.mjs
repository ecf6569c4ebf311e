// @ts-check
import { afterEach, describe, expect, it } from 'vitest';
import { createSampleTrees } from './sample-tree.mjs';

const trees = createSampleTrees();
const { judge } = trees;

const MODULE_HEADER = '/** Owns: x. Tables: x. Emits: x. Never: x. */\n';
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
      `${AUDIT}:1: '../changes/index.ts' the module 'audit' must not import 'changes', which is not below it: audit < changes < projects < access < segments < flags < publishing < insights [modules]`,
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
