import { describe, expect, test } from 'vitest';
import { ApiProblem, problemOf } from '../../api/problem.ts';
import { waitOf, waitWords } from './waiting.ts';

const refusal = { status: 429, code: 'too_many_attempts', title: 'There were too many attempts', detail: 'Wait.' };

describe('waiting after too many attempts', () => {
  test('lasts as long as the server said', () => {
    expect(waitOf(problemOf(429, refusal, '120'))).toBe(120);
  });

  test('lasts a little while when the server did not say how long, or not in seconds', () => {
    expect(waitOf(problemOf(429, refusal))).toBe(30);
    expect(waitOf(problemOf(429, refusal, 'Wed, 21 Oct 2026 07:28:00 GMT'))).toBe(30);
  });

  test('is not asked for by other refusals', () => {
    expect(waitOf(new ApiProblem({ ...refusal, status: 401, code: 'sign_in_failed' }))).toBeNull();
    expect(waitOf(new Error('no'))).toBeNull();
  });

  test('is told in the units that fit', () => {
    expect([9, 60, 185, 3_599, 3_600, 7_261].map(waitWords)).toEqual([
      '9 s',
      '1 min 00 s',
      '3 min 05 s',
      '59 min 59 s',
      '1 h 00 min',
      '2 h 02 min',
    ]);
  });
});
