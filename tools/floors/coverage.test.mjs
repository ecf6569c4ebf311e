// @ts-check
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkFloors, describeViolation } from './check.mjs';
import { createSampleTrees, git } from './sample-tree.mjs';

const trees = createSampleTrees();
const { judge, tree } = trees;

const EVALUATOR = 'packages/evaluator/src/added.ts';

afterEach(() => trees.removeAll());

describe('coverage', () => {
  it('notices a file that git knows and the walk skips, and judges it all the same', () => {
    const root = tree({ 'packages/client/dist/hidden.ts': "import '@flaghoist/server';\n" });
    git(root, 'add', '--force', 'packages/client/dist/hidden.ts');
    const found = checkFloors(root).violations.map(describeViolation);
    expect(found).toContain(
      'packages/client/dist/hidden.ts: git knows it, but the walk over the folders missed it [coverage]',
    );
    expect(found.join('\n')).toContain('client (floor 3) must not import upward: server (floor 5)');
  });

  it('notices a link, which the walk does not follow', () => {
    const root = tree();
    symlinkSync('model.ts', join(root, 'packages/evaluator/src/linked.ts'));
    expect(checkFloors(root).violations.map(describeViolation)).toContain(
      'packages/evaluator/src/linked.ts: git knows it, but the walk over the folders missed it [coverage]',
    );
  });

  it('notices a file that git ignores', () => {
    const found = judge({
      '.gitignore': 'node_modules/\ndist/\nsecret.ts\n',
      'packages/bus/src/secret.ts': 'export {};\n',
    });
    expect(found).toEqual(['packages/bus/src/secret.ts: lies in the tree, but git ignores it [coverage]']);
  });

  it.each(['examples/a.ts', 'packages/unknown/src/a.ts', 'packages/a.ts', 'loose.ts', 'docs/guide/a.tsx'])(
    'refuses a file that belongs to no floor: %s',
    (path) => {
      const found = judge({ [path]: 'export {};\n' });
      expect(found).toContainEqual(expect.stringContaining(`${path}: belongs to no floor`));
      expect(found).toContainEqual('only 28 of 29 source files could be judged [coverage]');
    },
  );

  it('refuses a file that does not parse, and counts it as not judged', () => {
    expect(judge({ [EVALUATOR]: 'export const a = 1;\nconst = ;\n' })).toEqual([
      'only 28 of 29 source files could be judged [coverage]',
      `${EVALUATOR}:2: does not parse: Unexpected token [parse]`,
    ]);
  });

  it('refuses a tree without any file', () => {
    const root = tree();
    git(root, 'clean', '-dfxq');
    writeFileSync(join(root, 'package.json'), '{}');
    expect(checkFloors(root).violations.map(describeViolation)).toEqual(['no source file was found [coverage]']);
  });

  it('cannot run outside of a git repository', () => {
    const root = tree();
    rmSync(join(root, '.git'), { recursive: true });
    expect(() => checkFloors(root)).toThrow(/git ls-files failed/);
  });

  it('passes over a committed file that was deleted and not yet staged', () => {
    const root = tree({ [EVALUATOR]: 'export {};\n' });
    git(root, 'add', '.');
    rmSync(join(root, EVALUATOR));
    expect(checkFloors(root).violations).toEqual([]);
  });
});
