// @ts-check
import { afterEach, describe, expect, it } from 'vitest';
import { createSampleTrees } from './sample-tree.mjs';

const trees = createSampleTrees();
const { judge } = trees;

afterEach(() => trees.removeAll());

describe('house rules', () => {
  it.each(['packages/evaluator/src/long.ts', 'tools/long.mjs', 'packages/server/src/long.css'])(
    'refuse more than 400 lines: %s',
    (path) => {
      const lines = (/** @type {number} */ count) => '/* */\n'.repeat(count);
      expect(judge({ [path]: lines(400) })).toEqual([]);
      expect(judge({ [path]: lines(401) })).toEqual([
        `${path}: has 401 lines, more than 400: split it by subject [lines]`,
      ]);
    },
  );

  it.each(['shared', 'common', 'types', 'utils', 'helpers'])(
    'refuse the name %s for a file and for a folder',
    (word) => {
      const asFile = `packages/evaluator/src/${word}.ts`;
      const asTest = `packages/evaluator/src/${word}.test.ts`;
      const asFolder = `packages/evaluator/src/${word}/added.ts`;
      const empty = 'export {};\n';
      const longer = `packages/evaluator/src/${word}-of-flags.ts`;
      const found = judge({ [asFile]: empty, [asTest]: empty, [asFolder]: empty, [longer]: empty });
      expect(found.sort()).toEqual(
        [asFile, asTest, asFolder]
          .map((path) => `${path}: '${word}' says nothing: name the file or folder for what it holds [names]`)
          .sort(),
      );
    },
  );

  it('refuse circles, shown by a shortest way round', () => {
    const found = judge({
      'packages/evaluator/src/a.ts': "import './b.ts';\nimport './c.ts';\n",
      'packages/evaluator/src/b.ts': "import './c.ts';\n",
      'packages/evaluator/src/c.ts': "import './a.ts';\n",
      'packages/evaluator/src/self.ts': "import './self.ts';\n",
    });
    expect(found).toEqual([
      'packages/evaluator/src/a.ts: files import each other in a circle: packages/evaluator/src/a.ts > packages/evaluator/src/c.ts > packages/evaluator/src/a.ts [cycles]',
      'packages/evaluator/src/self.ts: files import each other in a circle: packages/evaluator/src/self.ts > packages/evaluator/src/self.ts [cycles]',
    ]);
  });

  it('refuse circles of types', () => {
    const found = judge({
      'packages/evaluator/src/a.ts': "import type { B } from './b.ts';\nexport type A = B;\n",
      'packages/evaluator/src/b.ts': "export type B = import('./a.ts').A;\n",
    });
    expect(found).toEqual([
      expect.stringContaining('in a circle: packages/evaluator/src/a.ts > packages/evaluator/src/b.ts'),
    ]);
  });
});
