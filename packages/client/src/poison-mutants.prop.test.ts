import { evaluate, type EvaluationContext } from '@flaghoist/evaluator';
import { healthy, mutantRun, mutants, QUESTIONS } from '@flaghoist/testkit/poison';
import { sha256 } from '@flaghoist/testkit/published-environment';
import { describe, expect, it } from 'vitest';
import { createRegexEngine } from './regex-engine.ts';
import { VerifiedRuleset } from './verified-ruleset.ts';

const { seed, count, timeoutMs } = mutantRun();
const CONTEXTS = [
  {},
  { targetingKey: 'ann' },
  { targetingKey: 'x'.repeat(5_000), plan: ['pro', null, {}], a: 'b' },
  { targetingKey: 7, plan: { pro: 1 }, a: [], b: '\ud800' },
] as unknown as readonly EvaluationContext[];

describe(`a verified ruleset that is sent mutants (SEED=${seed})`, () => {
  it(
    'refuses a mutant and stays as it was, or takes it and answers whatever it is asked',
    () => {
      const environment = healthy();
      const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: createRegexEngine() });
      copy.applyFull(environment.full(true));
      const answers = () => QUESTIONS.map(({ key, context }) => evaluate(copy.ruleset, key, context));
      const healthyAnswers = answers();
      const { headText } = copy;
      const full = environment.full(true);
      let refused = 0;
      for (const { name, edit } of mutants(seed, count)) {
        // Each is the second revision: what was taken before it is gone again.
        const result = copy.applyPatch(healthy().publish([edit]));
        if (result.ok) {
          for (const { key } of copy.entities())
            for (const context of CONTEXTS) {
              const { errorCode = 'TARGETING_KEY_MISSING' } = evaluate(copy.ruleset, key, context);
              expect(['TARGETING_KEY_MISSING', 'FLAG_NOT_FOUND'], `${name}: ${edit.json}`).toContain(errorCode);
            }
          expect(copy.applyFull(full)).toMatchObject({ ok: true });
        } else {
          refused += 1;
          expect(copy.headText, name).toBe(headText);
          expect(answers(), name).toEqual(healthyAnswers);
        }
      }
      expect(answers()).toEqual(healthyAnswers);
      // Both happen, or this proves nothing.
      expect(refused).toBeGreaterThan(count / 2);
      expect(refused).toBeLessThan(count);
    },
    timeoutMs,
  );
});
