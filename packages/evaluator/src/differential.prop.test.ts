import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arbitraryContext,
  arbitraryMoment,
  arbitraryRuleset,
  entitiesOf,
  FLAG_KEYS,
} from '../test-support/arbitraries.ts';
import { CASES, CASES_TIMEOUT_MS, casesOf } from '../test-support/cases.ts';
import { JAVASCRIPT_REGEX } from '../test-support/javascript-regex.ts';
import { type ReferenceRuleset, referenceEvaluate } from '../test-support/reference-evaluator.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation } from './model.ts';
import { prepare } from './rulesets/ruleset.ts';

const QUESTIONS = 8;
/** Flags that are asked for in every ruleset, one that it has not included. */
const FLAGS = FLAG_KEYS.length + 1;

/** Every flag of the ruleset, and one that it has not. */
const asked = ({ flags }: ReferenceRuleset): readonly string[] => [...flags.map(({ key }) => key), 'unknown'];

function prepared(ruleset: ReferenceRuleset) {
  const checked = prepare(entitiesOf(ruleset), { regex: JAVASCRIPT_REGEX });
  if (!checked.ok) throw new Error(`The ruleset is refused: ${JSON.stringify(checked.problems)}`);
  return checked.value;
}

const plain = ({ errorMessage: _message, ...answer }: Evaluation) => answer;

describe('the evaluator', () => {
  it(`answers ${CASES} generated questions as the reference evaluator does`, { timeout: CASES_TIMEOUT_MS }, () => {
    const reasons = new Map<string, number>();
    let compared = 0;
    const question = fc.tuple(arbitraryContext, arbitraryMoment);
    const property = fc.property(
      arbitraryRuleset,
      fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS }),
      (ruleset, questions) => {
        const product = prepared(ruleset);
        for (const [context, moment] of questions) {
          for (const flag of asked(ruleset)) {
            const answer = plain(evaluate(product, flag, context, moment));
            expect({ flag, ...answer }).toStrictEqual({ flag, ...referenceEvaluate(ruleset, flag, context, moment) });
            reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
            compared++;
          }
        }
      },
    );
    fc.assert(property, casesOf(QUESTIONS * FLAGS));
    expect(compared).toBeGreaterThanOrEqual(CASES);
    expect([...reasons].filter(([, count]) => count > compared / 500)).toHaveLength(7);
  });
});
