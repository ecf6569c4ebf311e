import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeRecord } from '../changes/index.ts';
import { stepsTo, type WatchCursor } from './watch.ts';

const ENVIRONMENTS = ['a', 'b', 'c'];

/** Changes in the order they were made, each in some environments, with the revisions that follow from that. */
const history = fc.array(fc.subarray(ENVIRONMENTS, { minLength: 1 }), { minLength: 1, maxLength: 20 }).map((made) => {
  const revisions = new Map<string, number>();
  return made.map((environments, number) => ({
    number,
    revisions: environments.map((environmentId) => {
      const revision = (revisions.get(environmentId) ?? 0) + 1;
      revisions.set(environmentId, revision);
      return { environmentId, epoch: 1, revision };
    }),
  })) as readonly Pick<ChangeRecord, 'number' | 'revisions'>[] as readonly ChangeRecord[];
});

/** How far publishing is when the watcher looks, environment by environment, in any order. */
const looks = fc.array(
  fc.record({ environment: fc.constantFrom(...ENVIRONMENTS), by: fc.integer({ min: 1, max: 3 }) }),
  {
    maxLength: 30,
  },
);

function length(changes: readonly ChangeRecord[], environment: string): number {
  return changes.filter(({ revisions }) => revisions.some((one) => one.environmentId === environment)).length;
}

/** What the watcher reads: changes with a revision in the step. */
function between(changes: readonly ChangeRecord[], from: WatchCursor, to: WatchCursor): readonly ChangeRecord[] {
  return changes.filter(({ revisions }) =>
    revisions.some(
      ({ environmentId, revision }) =>
        revision > (from.get(environmentId) ?? 0) && revision <= (to.get(environmentId) ?? 0),
    ),
  );
}

describe('telling changes step by step', () => {
  it('tells each change once, wherever publishing is at every look and wherever the stream breaks off', () => {
    fc.assert(
      fc.property(history, looks, fc.infiniteStream(fc.integer({ min: 0, max: 4 })), (changes, published, cuts) => {
        let cursor: WatchCursor = new Map(ENVIRONMENTS.map((id) => [id, 0]));
        const told: number[] = [];
        const all = ENVIRONMENTS.map((environment) => ({ environment, by: changes.length }));
        const at = new Map(cursor);
        for (const { environment, by } of [...published, ...all]) {
          at.set(environment, Math.min(length(changes, environment), (at.get(environment) ?? 0) + by));
          const steps = stepsTo(cursor, at, between(changes, cursor, at));
          const cut = cuts.next().value;
          // The stream breaks off behind some event; whoever resumes has that event's id, and looks again.
          for (const step of steps.slice(0, cut)) {
            told.push(step.change.number);
            cursor = step.cursor;
          }
          if (cut > 0 && cut < steps.length) {
            const rest = stepsTo(cursor, at, between(changes, cursor, at));
            expect(rest.map(({ change }) => change.number)).toEqual(
              steps.slice(cut).map(({ change }) => change.number),
            );
            told.push(...rest.map(({ change }) => change.number));
            cursor = new Map(at);
          } else if (cut >= steps.length) cursor = new Map(at);
        }
        for (const { change } of stepsTo(cursor, at, between(changes, cursor, at))) told.push(change.number);
        expect([...told].sort((a, b) => a - b)).toEqual(changes.map(({ number }) => number));
      }),
      { numRuns: 2_000 },
    );
  });
});
