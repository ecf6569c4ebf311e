import { describe, expect, it } from 'vitest';
import { createDatabaseCheck, readinessOf } from './readiness.ts';

const EDGE = { status: () => ({ ready: true, environments: [{ ageMs: 5, confirmed: true, revision: 1 }] }) };
const ALL = ['control', 'publisher', 'worker', 'edge'];
const AWAY = 'the database does not answer';

function parts(more: Partial<Parameters<typeof readinessOf>[0]> = {}) {
  return {
    roles: ALL,
    edge: EDGE,
    stopping: () => false,
    databaseAnswers: () => Promise.resolve(true),
    certificate: () => undefined,
    ...more,
  };
}
const away = { databaseAnswers: () => Promise.resolve(false) };
const problems = async (...args: Parameters<typeof readinessOf>) => (await readinessOf(...args)).problems;

describe('readiness', () => {
  it('of a process with an edge does not depend on the database, and of its role control alone does', async () => {
    expect(await readinessOf(parts(away), null)).toMatchObject({ problems: [], oldestRulesetMs: 5 });
    expect(await problems(parts(away), 'edge')).toEqual([]);
    expect(await problems(parts(away), 'control')).toEqual([AWAY]);
    expect(await problems(parts(), 'control')).toEqual([]);
  });

  it('of a process without an edge is that of the database, and does not latch', async () => {
    for (const roles of [['control'], ['publisher'], ['worker'], ['control', 'worker']]) {
      let answers = false;
      const without = parts({ roles, edge: null, databaseAnswers: () => Promise.resolve(answers) });
      expect(await problems(without, null)).toEqual([AWAY]);
      answers = true;
      expect(await problems(without, null)).toEqual([]);
    }
  });

  it('is not that of a role which the process does not have, nor of one that stops', async () => {
    expect(await problems(parts({ roles: ['edge'] }), 'control')).toEqual([
      'this process does not have the role control',
    ]);
    for (const role of [null, 'edge', 'control'])
      expect(await problems(parts({ stopping: () => true }), role)).toEqual(['it is stopping']);
  });
});

describe('the question to the database', () => {
  it('is asked once a second at most, however many ask, and again after that', async () => {
    let clock = 0;
    let asked = 0;
    let fails = false;
    const check = createDatabaseCheck(
      () => {
        asked++;
        return fails ? Promise.reject(new Error('away')) : Promise.resolve();
      },
      () => clock,
    );
    expect(await Promise.all([check(), check(), check()])).toEqual([true, true, true]);
    expect(asked).toBe(1);
    fails = true;
    clock = 999;
    expect(await check()).toBe(true);
    clock = 1_000;
    expect(await check()).toBe(false);
    fails = false;
    clock = 2_000;
    expect(await check()).toBe(true);
    expect(asked).toBe(3);
  });
});
