import { expect, it } from 'vitest';
import { describeAcknowledgement } from './acknowledgement.ts';

it.each([
  ['2.9.10', 1, /^held by one server; written to disk within 60 s, .* sync,dirsync/],
  ['2.9.25', 3, /^held by 2 of 3 servers; written to disk within 60 s/],
  ['2.10.27', 3, /^held by 2 of 3 servers; written to disk within 2 minutes, .* sync_interval: always/],
  ['2.12.0-beta.1', 5, /^held by 3 of 5 servers; written to disk within 2 minutes/],
  ['3.0.0', 1, /within 2 minutes/],
])('NATS %s with %i replicas says what its acknowledgement means', (version, replicas, words) => {
  expect(describeAcknowledgement(version, replicas)).toMatch(words);
});
