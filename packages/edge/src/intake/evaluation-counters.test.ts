import { sha256 } from '@flaghoist/runtime/crypto';
import { describe, expect, it } from 'vitest';
import { type Countable, EvaluationCounters } from './evaluation-counters.ts';

function setUp(maxRows = 100) {
  const clock = { ms: 60_000 * 1_000 };
  const lines: string[] = [];
  const store = {
    append: (line: string) => {
      lines.push(line);
      return Promise.resolve<'stored'>('stored');
    },
  };
  const options = { store, instance: 'instance-0123456789', sdk: 'test/1', sha256, now: () => clock.ms, maxRows };
  const rows = () => lines.flatMap((line) => JSON.parse(line).batch.rows);
  return { clock, rows, lines, counters: new EvaluationCounters(options) };
}

function countable(...flags: readonly string[]): Countable {
  const evaluation = { variant: 'on', value: true, reason: 'STATIC' } as const;
  return { count: 0, evaluations: flags.map((flag) => ({ flag, evaluation })) };
}

describe('the counters of evaluations', () => {
  it('tell of each evaluation under the revision and the minute in which it was answered', async () => {
    const { clock, rows, counters } = setUp();
    const [one, two] = [countable('a'), countable('a', 'b')];
    counters.open('env', 1).add(one);
    counters.open('env', 1).add(two);
    counters.open('env', 2).add(two);
    clock.ms += 60_000;
    counters.open('env', 2).add(two);
    clock.ms += 60_000;
    await counters.flush();
    const base = { variant: 'on', reason: 'STATIC' };
    expect(rows()).toEqual([
      { ...base, flag: 'a', revision: 1, minute: 1_000, count: 2 },
      { ...base, flag: 'b', revision: 1, minute: 1_000, count: 1 },
      { ...base, flag: 'a', revision: 2, minute: 1_000, count: 1 },
      { ...base, flag: 'b', revision: 2, minute: 1_000, count: 1 },
      { ...base, flag: 'a', revision: 2, minute: 1_001, count: 1 },
      { ...base, flag: 'b', revision: 2, minute: 1_001, count: 1 },
    ]);
    await counters.flush();
    expect(rows()).toHaveLength(6);
  });

  it('keep environments apart', async () => {
    const { lines, counters } = setUp();
    counters.open('one', 1).add(countable('a'));
    counters.open('two', 1).add(countable('a'));
    await counters.flush();
    expect(lines).toHaveLength(2);
    expect(lines.filter((line) => line.includes('one'))).toHaveLength(1);
  });

  it('of an environment that is forgotten are stored to the end, and others begin when it comes back', async () => {
    const { lines, counters } = setUp();
    const count = () => counters.open('env', 1).add(countable('a'));
    count();
    counters.forget('env');
    await counters.flush();
    await counters.flush();
    count();
    await counters.flush();
    const batches = lines.map((line) => JSON.parse(line).batch);
    expect(batches.map(({ rows }) => rows.length)).toEqual([1, 1]);
    // Batches with the same names would be counted once.
    expect(new Set(batches.map(({ instance, sequence }) => `${instance} ${sequence}`)).size).toBe(2);
    expect(batches[1].sequence).toBe(1);
  });

  it('hold no more than they have room for, and tell how many they dropped', async () => {
    const { lines, counters } = setUp(3);
    for (let i = 0; i < 10; i++) {
      const tally = counters.open('env', 1);
      tally.add(countable(`flag-${i}`));
      expect(tally.size).toBeLessThanOrEqual(3);
    }
    await counters.flush();
    expect(lines[0]).toContain('"dropped":7');
  });
});
