import { expect, test } from 'vitest';
import { eachInTurn, inParts, MOST_TAGS, planTag, planToggle, tagProblem } from './bulk.ts';

const flag = (key: string, enabled: boolean, tags: readonly string[] = []) => ({
  key,
  version: 1,
  tags,
  environments: [{ environment: 'production', enabled, revision: 4 }],
});

test('only flags that are in the other state are switched, on the revision that was read', () => {
  expect(planToggle([flag('a', true), flag('b', false)], 'production', true)).toEqual({
    edits: [{ environment: 'production', flag: 'b', ifMatch: 4, set: { enabled: true } }],
    asTheyAre: 1,
  });
  expect(planToggle([flag('a', true)], 'elsewhere', false)).toEqual({ edits: [], asTheyAre: 1 });
});

test('a tag is added to flags that do not have it and can take one more', () => {
  const full = Array.from({ length: MOST_TAGS }, (_, at) => `t${at}`);
  const plan = planTag([flag('a', true, ['ui']), flag('b', true), flag('c', true, full)], 'ui');
  expect(plan.flags.map(({ key }) => key)).toEqual(['b']);
  expect(plan).toMatchObject({ asTheyAre: 1, full: 1 });
  expect(tagProblem(' ')).not.toBeNull();
  expect(tagProblem('x'.repeat(65))).toContain('65');
  expect(tagProblem('ui')).toBeNull();
});

test('many edits are sent in parts, none lost', () => {
  expect(inParts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inParts([], 2)).toEqual([]);
});

test('a failure of one does not keep the others from being done', async () => {
  const told: number[] = [];
  const progress = await eachInTurn(
    [{ key: 'a' }, { key: 'b' }, { key: 'c' }],
    async ({ key }) => {
      if (key === 'b') throw new Error('in use');
    },
    {
      tell: ({ done }) => told.push(done),
      why: (error) => (error as Error).message,
      signal: new AbortController().signal,
    },
  );
  expect(progress).toEqual({ done: 2, of: 3, failed: [{ key: 'b', why: 'in use' }] });
  expect(told).toEqual([1, 1, 2]);
});

test('what was stopped does no more', async () => {
  const stop = new AbortController();
  const done: string[] = [];
  await eachInTurn(
    [{ key: 'a' }, { key: 'b' }],
    async ({ key }) => {
      done.push(key);
      stop.abort();
    },
    { tell: () => {}, why: String, signal: stop.signal },
  );
  expect(done).toEqual(['a']);
});
