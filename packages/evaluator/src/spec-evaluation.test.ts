import { readEvaluationSuite, type SuiteAnswer, type SuiteCase } from '@flaghoist/testkit/evaluation-suite';
import { describe, expect, it } from 'vitest';
import { JAVASCRIPT_REGEX } from '../test-support/javascript-regex.ts';
import { type ReferenceRuleset, referenceEvaluate } from '../test-support/reference-evaluator.ts';
import { evaluate } from './evaluate.ts';
import { explain } from './explanations/explain.ts';
import { type PrepareOptions, prepare } from './rulesets/ruleset.ts';
import type { EntityChange, Evaluation } from './model.ts';

const FILES = readEvaluationSuite();
const CASES = FILES.flatMap(({ cases }) => cases);

/** Without its message, which is for people. */
function plain(evaluation: Evaluation): SuiteAnswer {
  const { errorMessage, ...answer } = evaluation;
  expect(errorMessage === undefined).toBe(evaluation.reason !== 'ERROR');
  return answer;
}

function prepared(entities: readonly EntityChange[], options: PrepareOptions) {
  const checked = prepare(entities, options);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems, null, 2));
  return checked.value;
}

/** The cases that are answered otherwise than expected. */
function failures(
  cases: readonly SuiteCase[],
  answer: (one: SuiteCase) => SuiteAnswer,
  expected: (one: SuiteCase) => SuiteAnswer = (one) => one.expected,
): object[] {
  return cases
    .map((one) => ({ name: one.name, expected: expected(one), answered: answer(one) }))
    .filter((result) => !sameJson(result.answered, result.expected));
}

function sameJson(one: unknown, other: unknown): boolean {
  try {
    expect(one).toStrictEqual(other);
    return true;
  } catch {
    return false;
  }
}

describe('the suite', () => {
  it('has at least 450 cases', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(450);
  });

  it.each(FILES)('names every case of $name once, and no other flags than it has', ({ cases }) => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it('has a case for every error that a ruleset and a context of JSON can lead to, and for every reason', () => {
    const answers = CASES.flatMap(({ expected, withoutRegex = expected }) => [expected, withoutRegex]);
    expect(new Set(answers.map(({ reason }) => reason)).size).toBe(7);
    expect(new Set(answers.flatMap(({ errorCode = [] }) => errorCode))).toEqual(
      new Set(['FLAG_NOT_FOUND', 'TARGETING_KEY_MISSING', 'GENERAL']),
    );
  });
});

describe.each(FILES)('the cases of $name', ({ ruleset, entities, cases }) => {
  it('are answered by the evaluator as they say', () => {
    const product = prepared(entities, { regex: JAVASCRIPT_REGEX });
    expect(failures(cases, (one) => plain(evaluate(product, one.flag, one.context, one.moment)))).toEqual([]);
  });

  it('are answered by explain as they say', () => {
    const product = prepared(entities, { regex: JAVASCRIPT_REGEX });
    expect(failures(cases, (one) => plain(explain(product, one.flag, one.context, one.moment).evaluation))).toEqual([]);
  });

  it('are answered by the reference evaluator as they say', () => {
    const reference = ruleset as ReferenceRuleset;
    expect(failures(cases, (one) => referenceEvaluate(reference, one.flag, one.context, one.moment))).toEqual([]);
  });
});

describe('without regular expressions', () => {
  const answered = FILES.flatMap((file) => {
    const cases = file.cases.filter(({ withoutRegex }) => withoutRegex !== undefined);
    return cases.length === 0 ? [] : [{ ...file, cases }];
  });
  const expected = ({ withoutRegex = { reason: 'none' } }: SuiteCase) => withoutRegex;

  it.each(answered)('the cases of $name are answered as they say', ({ ruleset, entities, cases }) => {
    const product = prepared(entities, {});
    const byProduct = (one: SuiteCase) => plain(evaluate(product, one.flag, one.context, one.moment));
    const byReference = (one: SuiteCase) =>
      referenceEvaluate(ruleset as ReferenceRuleset, one.flag, one.context, one.moment, false);
    expect(failures(cases, byProduct, expected)).toEqual([]);
    expect(failures(cases, byReference, expected)).toEqual([]);
  });
});
