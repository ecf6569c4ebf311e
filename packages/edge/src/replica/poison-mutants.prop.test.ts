import { evaluate } from '@flaghoist/evaluator';
import { healthy, type Mutant, mutantRun, mutants, QUESTIONS } from '@flaghoist/testkit/poison';
import { describe, expect, it } from 'vitest';
import { HandFed } from '../../test-support/hand-fed.ts';

const { seed, count, timeoutMs } = mutantRun();
const PAUSE_MS = 50;
/** A machine that is busy with something else is slow once, a mutant every time. */
const ATTEMPTS = 5;

describe(`an edge that reads mutants from the bus (SEED=${seed})`, () => {
  it(
    `refuses a mutant and serves what it had, or takes it and answers, within ${PAUSE_MS} ms`,
    async () => {
      const begin = () => HandFed.serving(healthy().full(true));
      let fed = await begin();
      const answers = () =>
        QUESTIONS.map(({ key, context }) => {
          const { current } = fed.followed.environment;
          return current === null ? 'nothing is served' : evaluate(current.ruleset, key, context);
        });
      const take = ({ edit }: Mutant) => {
        const block = healthy().publish([edit]);
        const began = performance.now();
        const problem = fed.patch(block);
        const given = answers();
        return { problem, given, ms: performance.now() - began };
      };
      const healthyAnswers = answers();
      let refused = 0;
      const slow: Mutant[] = [];
      for (const mutant of mutants(seed, count)) {
        const { name, edit } = mutant;
        const { problem, given, ms } = take(mutant);
        if (ms > PAUSE_MS) slow.push(mutant);
        if (problem === null) {
          for (const answer of given)
            expect(JSON.stringify(answer), `${name}: ${edit.json}`).not.toMatch(/INVALID_CONTEXT|PARSE_ERROR|GENERAL/);
          fed = await begin();
        } else {
          refused += 1;
          expect(fed.followed.environment.current?.token, name).toBe('1.1');
          expect(given, name).toEqual(healthyAnswers);
          fed = await begin();
        }
      }
      expect(refused).toBeGreaterThan(count / 2);
      expect(refused).toBeLessThan(count);
      for (const mutant of slow) {
        let shortest = Number.POSITIVE_INFINITY;
        for (let attempt = 0; attempt < ATTEMPTS && shortest > PAUSE_MS; attempt++) {
          fed = await begin();
          shortest = Math.min(shortest, take(mutant).ms);
        }
        expect(shortest, `${mutant.name}: ${mutant.edit.json}`).toBeLessThan(PAUSE_MS);
      }
    },
    timeoutMs,
  );
});
