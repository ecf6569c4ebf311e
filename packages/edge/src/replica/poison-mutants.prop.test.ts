import { createRegexEngine } from '@flaghoist/client/regex';
import { evaluate } from '@flaghoist/evaluator';
import { formatBlock } from '@flaghoist/protocol/ruleset';
import { healthy, mutantRun, mutants, QUESTIONS } from '@flaghoist/testkit/poison';
import { sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.ts';
import { pause } from '../node-timers.ts';
import { Environment } from './environment.ts';

const { seed, count, timeoutMs } = mutantRun();

describe(`an edge that reads mutants from the bus (SEED=${seed})`, () => {
  it(
    'refuses a mutant and serves what it had, or takes it and answers',
    () => {
      const regex = createRegexEngine();
      const body = Buffer.from(formatBlock(healthy().headText, healthy().full(true).entities));
      const first = { stream: 'env_1', position: 1, id: 'env_1.1.1', checkpoint: true, body };
      const begin = () => {
        const options = { id: 'env_1', sha256, regex, pause, limits: DEFAULT_LIMITS, onChanged: () => undefined };
        const environment = new Environment(options);
        environment.take(first);
        return environment;
      };
      let environment = begin();
      const answers = () =>
        QUESTIONS.map(({ key, context }) => {
          const { current } = environment;
          return current === null ? 'nothing is served' : evaluate(current.ruleset, key, context);
        });
      const healthyAnswers = answers();
      let refused = 0;
      for (const { name, edit } of mutants(seed, count)) {
        const { headText, entities } = healthy().publish([edit]);
        const block = Buffer.from(formatBlock(headText, entities));
        const message = { stream: 'env_1', position: 2, id: 'env_1.1.2', checkpoint: false, body: block };
        if (environment.take(message) === null) {
          for (const answer of answers())
            expect(JSON.stringify(answer), `${name}: ${edit.json}`).not.toMatch(/INVALID_CONTEXT|PARSE_ERROR|GENERAL/);
          environment = begin();
        } else {
          refused += 1;
          expect(environment.current?.token, name).toBe('1.1');
          expect(answers(), name).toEqual(healthyAnswers);
        }
      }
      expect(refused).toBeGreaterThan(count / 2);
      expect(refused).toBeLessThan(count);
    },
    timeoutMs,
  );
});
