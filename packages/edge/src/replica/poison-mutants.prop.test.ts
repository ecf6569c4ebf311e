import { evaluate } from '@flaghoist/evaluator';
import { healthy, mutantRun, mutants, QUESTIONS } from '@flaghoist/testkit/poison';
import { describe, expect, it } from 'vitest';
import { HandFed } from '../../test-support/hand-fed.ts';

const { seed, count, timeoutMs } = mutantRun();

describe(`an edge that reads mutants from the bus (SEED=${seed})`, () => {
  it(
    'refuses a mutant and serves what it had, or takes it and answers',
    async () => {
      const begin = () => HandFed.serving(healthy().full(true));
      let fed = await begin();
      const answers = () =>
        QUESTIONS.map(({ key, context }) => {
          const { current } = fed.followed.environment;
          return current === null ? 'nothing is served' : evaluate(current.ruleset, key, context);
        });
      const healthyAnswers = answers();
      let refused = 0;
      for (const { name, edit } of mutants(seed, count)) {
        if (fed.patch(healthy().publish([edit])) === null) {
          for (const answer of answers())
            expect(JSON.stringify(answer), `${name}: ${edit.json}`).not.toMatch(/INVALID_CONTEXT|PARSE_ERROR|GENERAL/);
          fed = await begin();
        } else {
          refused += 1;
          expect(fed.followed.environment.current?.token, name).toBe('1.1');
          expect(answers(), name).toEqual(healthyAnswers);
          fed = await begin();
        }
      }
      expect(refused).toBeGreaterThan(count / 2);
      expect(refused).toBeLessThan(count);
    },
    timeoutMs,
  );
});
