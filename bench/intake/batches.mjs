// @ts-check
import { randomUUID } from 'node:crypto';

export const ROWS = 100;
/** That the rows of one batch count together. */
export const EVALUATIONS = Array.from({ length: ROWS }, (_, i) => countOf(i)).reduce((sum, count) => sum + count, 0);

/**
 * The bodies of one sender, as SDKs make them: the same hundred counted evaluations in every batch, numbered.
 *
 * @returns {() => string} The next one.
 */
export function createSender() {
  const minute = Math.floor(Date.now() / 60_000);
  const rows = Array.from({ length: ROWS }, (_, i) => ({
    flag: `team-${i % 10}.flag-${i % 50}`,
    variant: i < 50 ? 'on' : 'off',
    reason: 'TARGETING_MATCH',
    rule: 'countries',
    revision: 7,
    minute,
    count: countOf(i),
  }));
  const sender = `{"instance":${JSON.stringify(randomUUID())},"sdk":"bench/1","dropped":0,"rows":${JSON.stringify(rows)}`;
  let sequence = 0;
  return () => `${sender},"sequence":${++sequence}}`;
}

/** @param {number} row */
function countOf(row) {
  return 1 + (row % 9);
}
