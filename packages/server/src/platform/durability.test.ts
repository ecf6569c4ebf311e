import { expect, it } from 'vitest';
import { describeDurability } from './durability.ts';

it.each([
  ['on', '', 0, 'none', 'on the disk of the primary'],
  ['on', '', 1, 'async', 'standbys are not waited for'],
  ['local', 'a', 1, 'async', 'standbys are not waited for'],
  ['local', 'a', 0, 'none', 'on the disk of the primary'],
  ['off', 'a', 1, 'async', 'not on any disk yet'],
  ['on', 'a', 0, 'sync', 'on the disks of 1 standby (a)'],
  ['on', 'a, b', 2, 'sync', 'on the disks of 1 standby (a, b)'],
  ['on', 'FIRST 1 (a, b)', 2, 'sync', 'on the disks of 1 standby'],
  ['on', 'ANY 2 (a, b, c)', 3, 'sync', 'on the disks of 2 standbys'],
  ['on', '2 (a, b)', 2, 'sync', 'on the disks of 2 standbys'],
  ['remote_write', 'a', 1, 'sync', 'not synced'],
  ['remote_apply', 'a', 1, 'sync', 'visible at'],
])('synchronous_commit %s with "%s" and %i standbys is %s', (commit, names, standbys, replication, words) => {
  const said = describeDurability({ commit, names, standbys, waiting: 0 }, 'one:5432', null);
  expect(said).toMatchObject({ host: 'one:5432', replication, standbys, problem: null });
  expect(said.acknowledgement).toContain(words);
});

it('writes that wait for a standby are a problem, beside another one', () => {
  const settings = { commit: 'on', names: 'a', standbys: 0, waiting: 2 };
  const { problem } = describeDurability(settings, 'one:5432', 'two:5432 is an old primary');
  expect(problem).toMatch(/^two:5432 is an old primary; 2 writes wait for a synchronous standby/);
});
