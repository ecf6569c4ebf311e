import { describe, expect, it } from 'vitest';
import { ApiProblem, failureOf, offline, problemOf } from './problem.ts';

const body = {
  type: 'about:blank',
  title: 'The request is not valid',
  status: 400,
  code: 'invalid_request',
  detail: 'A name is needed.',
};

describe('problemOf', () => {
  it('keeps what the server says, and finds what concerns one member', () => {
    const errors = [{ path: '$.rules[0].serves', code: 'enum', message: 'No such variant.' }];
    const problem = problemOf(400, { ...body, errors });
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request', detail: 'A name is needed.' });
    expect([problem.of('rules'), problem.of('rule'), problem.of('name')]).toEqual(['No such variant.', null, null]);
  });

  it.each([null, 'Bad gateway', {}, { ...body, code: 7 }])(
    'says so when the answer is no problem document: %j',
    (answer) => {
      expect(problemOf(502, answer)).toMatchObject({
        status: 502,
        code: 'unexpected',
        detail: expect.stringContaining('502'),
      });
    },
  );
});

it('says of a lost write that it may have been done', () => {
  expect(offline(true).detail).toContain('not known');
  expect(offline(false).detail).not.toContain('not known');
});

it('has words for whatever is thrown', () => {
  expect(failureOf(new ApiProblem(body))).toEqual({ title: 'The request is not valid', detail: 'A name is needed.' });
  expect(failureOf(new Error('x is undefined')).detail).toBe('x is undefined');
  expect(failureOf('odd').detail).toBe('odd');
});
