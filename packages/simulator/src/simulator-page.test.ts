import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PLANTED_BUGS } from './planted-bugs.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/operations/simulator.md', import.meta.url)), 'utf8');

it('the page on the simulator lists every planted bug, and nothing else as one', () => {
  const listed = [...PAGE.matchAll(/^\| (.+) \| ((?:[A-Z]\d?(?:, )?)+) \|$/gm)].map(([, name, breaks]) => [
    name,
    breaks,
  ]);
  expect(listed).toEqual(PLANTED_BUGS.map(({ name, breaks }) => [name, breaks.join(', ')]));
  expect(listed.length).toBeGreaterThanOrEqual(12);
});
