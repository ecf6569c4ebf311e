import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';

const PAGE = readFileSync(new URL('../../../docs/operations/limits.md', import.meta.url), 'utf8');
const { keyQuotas, addressQuota, strangerQuota, streamQuota } = DEFAULT_LIMITS;

it.each([
  ['evaluations over OFREP', keyQuotas.evaluation],
  ['batches of exposures', keyQuotas.exposures],
  ['rulesets fetched', keyQuotas.ruleset],
  ['a key | streams opened', keyQuotas.stream],
  ['requests with client keys', addressQuota],
  ['requests refused for their key', strangerQuota],
  ['the process | streams opened', streamQuota],
])('the page about limits tells the default of %s', (what, { requests, windowMs }) => {
  const rows = PAGE.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
  const row = rows.find((line) => line.startsWith('|') && line.includes(what));
  expect(row).toContain(`| ${requests.toLocaleString('en')} in ${windowMs / 1_000} s`);
});

it('the page about limits tells how many streams there may be, and how much is remembered', () => {
  for (const number of ['maxStreams', 'maxKeyStreams', 'countedKeys', 'countedAddresses'] as const)
    expect(PAGE).toContain(DEFAULT_LIMITS[number].toLocaleString('en'));
});
