import { emptyRuleset, type EvaluationContext, explain, patch } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import { type Configuration, toDocument } from '../draft/configuration.ts';
import { textOf } from '../words/span.ts';
import { bucketTraceWords, conditionTraceWords, reasonWords, stepWords } from './trace-words.ts';

const configuration: Configuration = {
  enabled: true,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: false,
  prerequisites: [],
  targets: [{ variant: 'on', keys: ['ada'] }],
  rules: [
    {
      id: 'eu',
      description: 'Europe',
      conditions: [
        { attribute: 'country', operator: 'in', values: ['DE', 'AT'] },
        { group: 'any', conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }, { segment: 'none' }] },
      ],
      serve: { rollout: { variants: [{ variant: 'on', weight: 100 }], bucketing: { algorithm: 'murmur3/1' } } },
    },
  ],
  default: { variant: 'off' },
};

function traced(context: EvaluationContext) {
  const json = JSON.stringify(toDocument('f', 'boolean', configuration));
  const ruleset = patch(emptyRuleset(), [{ kind: 'flag', key: 'f', json }]);
  if (!ruleset.ok) throw new Error(ruleset.problems[0]?.message);
  return explain(ruleset.value, 'f', context);
}

describe('a trace in words', () => {
  it('says what decided', () => {
    const { evaluation, steps } = traced({ targetingKey: 'bob', country: 'DE', plan: 'pro' });
    expect(textOf(reasonWords(evaluation))).toBe('by the rollout of rule eu');
    expect(steps.map((step) => textOf(stepWords(step, configuration)))).toEqual([
      'f is on',
      'No individual target names bob',
      'Rule 1 (eu) Europe fits and serves on',
    ]);
    const last = steps.at(-1);
    if (last?.step !== 'rule' || last.rollout === undefined) throw new Error('the rule did not decide');
    expect(last.conditions.map((trace) => textOf(conditionTraceWords(trace, configuration)))).toEqual([
      'country is one of DE, AT — it is DE',
      'any of these holds',
    ]);
    expect(textOf(bucketTraceWords(last.rollout))).toMatch(
      /^targetingKey bob falls into bucket \d+ of 100, at \d+ % \(salt f\)$/,
    );
  });

  it('says what was missing', () => {
    const { evaluation, steps } = traced({});
    expect(textOf(reasonWords(evaluation))).toBe('because no target and no rule fits, so the default decides');
    const rule = steps.find((step) => step.step === 'rule');
    const [first] = rule?.step === 'rule' ? rule.conditions : [];
    expect(first === undefined ? null : textOf(conditionTraceWords(first, configuration))).toBe(
      'country is one of DE, AT — it is missing',
    );
  });

  it('says when it is an individual target', () => {
    const { evaluation, steps } = traced({ targetingKey: 'ada' });
    expect(textOf(reasonWords(evaluation))).toBe('because it is an individual target');
    expect(steps.map((step) => textOf(stepWords(step, configuration))).at(-1)).toBe('ada is a target of on');
  });
});
