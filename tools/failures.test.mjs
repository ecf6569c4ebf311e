// @ts-check
/** The list of faults names tests that there are, and one of each row at least calls itself by it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './setup/run.mjs';

const ROWS = /^\| (\d+) \|.*\| ([^|]+) \|$/gm;

it('Each row of the list of faults names tests that exist, and one of them is named by it', () => {
  const page = readFileSync(join(ROOT, 'docs/operations/failures.md'), 'utf8');
  const rows = [...page.matchAll(ROWS)].map(([, row = '', shownBy = '']) => {
    const named = [...shownBy.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path = '']) => path);
    // Beside another one.
    const files = named.filter((path) => path !== 'poison-mutants.prop.test.ts').map(fileOf);
    return { row, files, missing: files.filter((file) => !existsSync(file)) };
  });
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.flatMap(({ missing }) => missing)).toEqual([]);
  const unnamed = rows.filter(({ row, files }) => !files.some((file) => speaksOf(row, readFileSync(file, 'utf8'))));
  expect(unnamed.map(({ row }) => row)).toEqual([]);
});

/** @param {string} path */
function fileOf(path) {
  return join(ROOT, path.startsWith('packages/') ? '' : 'system/faults', path);
}

/**
 * @param {string} row
 * @param {string} text
 */
function speaksOf(row, text) {
  return new RegExp(`\\brows? (?:\\d+,? (?:and |row )?)*${row}\\b`).test(text);
}
