import { describe, expect, it } from 'vitest';
import { createRegexEngine } from '@flaghoist/client/regex';
import type { Configuration } from '../draft/configuration.ts';
import {
  findProblems,
  firstUnder,
  inFormWords,
  isUnfinished,
  memberPath,
  problemsUnder,
  usesPatterns,
} from './problems.ts';

const fine: Configuration = {
  enabled: true,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: false,
  prerequisites: [],
  targets: [],
  rules: [],
  default: { variant: 'on' },
};

const withCondition = (condition: Configuration['rules'][number]['conditions'][number]): Configuration => ({
  ...fine,
  rules: [{ id: 'r', conditions: [condition], serve: { variant: 'on' } }],
});

describe('problems of a draft', () => {
  it('are none for what the server accepts', () => {
    expect(findProblems('f', 'boolean', fine, null)).toEqual([]);
  });

  it('stand at the path of the field they belong to', () => {
    const draft = withCondition({ attribute: 'age', operator: 'lessThan', values: ['x'] });
    const problems = findProblems('f', 'boolean', draft, null);
    expect(problems.map(({ path }) => path)).toEqual(['$.rules[0].conditions[0].values[0]']);
    expect(firstUnder(problems, '$.rules[0].conditions[0].values')?.message).toContain('a number');
    expect(problemsUnder(problems, '$.rules[0].conditions[0].attribute')).toEqual([]);
  });

  it('of rule 1 are not those of rule 10', () => {
    const problems = [{ path: '$.rules[10].id', code: 'bad_key', message: '' }];
    expect(problemsUnder(problems, '$.rules[1]')).toEqual([]);
    expect(problemsUnder(problems, '$.rules[10]')).toHaveLength(1);
  });

  it('say what is wrong with a pattern once there is an engine', () => {
    const draft = withCondition({ attribute: 'email', operator: 'matches', values: ['(?=x)'] });
    expect(usesPatterns(draft)).toBe(true);
    expect(usesPatterns(fine)).toBe(false);
    expect(findProblems('f', 'boolean', draft, null)).toEqual([]);
    expect(findProblems('f', 'boolean', draft, createRegexEngine())[0]?.message).toContain('Look-around');
  });

  it('tell what is not written yet from what is wrong', () => {
    const draft = withCondition({ attribute: '', operator: 'in', values: [] });
    const problems = findProblems('f', 'boolean', draft, null);
    expect(problems).toHaveLength(2);
    expect(problems.every((problem) => isUnfinished(problem, draft))).toBe(true);
    expect(problems.map((problem) => inFormWords(problem).message)).toEqual(['Name the attribute.', 'Add a value.']);
    const wrong = { ...fine, default: { variant: 'of' } };
    expect(findProblems('f', 'boolean', wrong, null).some((problem) => isUnfinished(problem, wrong))).toBe(false);
  });

  it('are found by the names of members as the check writes them', () => {
    const variants = { 'a-b': 'x', on: true };
    const problems = findProblems('f', 'boolean', { ...fine, variants, offVariant: null }, null);
    expect(problems.map(({ path }) => path)).toEqual([memberPath('$.variants', 'a-b')]);
  });
});
