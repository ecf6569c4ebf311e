import { describe, expect, test } from 'vitest';
import { formFailure } from './form-failure.ts';
import { ApiProblem } from './problem.ts';

const fields = { email: '$.email', grants: '$.grants' } as const;

function refusal(code: string, ...errors: readonly { path: string; message: string }[]): ApiProblem {
  return new ApiProblem({
    status: 400,
    code,
    title: 'The request is not valid',
    detail: 'Mend it.',
    errors: errors.map((error) => ({ ...error, code: 'x' })),
  });
}

describe('what a form shows of a refusal', () => {
  test('stands on the fields that it is about, and nowhere else', () => {
    const shown = formFailure(
      refusal(
        'invalid_request',
        { path: '$.email', message: 'No @.' },
        { path: '$.grants[2].project', message: 'No such project.' },
      ),
      fields,
    );
    expect(shown).toEqual({ errors: { email: 'No @.', grants: 'No such project.' }, failure: null });
  });

  test('stands over the form when a part of it is about no field', () => {
    const shown = formFailure(
      refusal('invalid_request', { path: '$.email', message: 'No @.' }, { path: '$.emails', message: '?' }),
      fields,
    );
    expect(shown.errors).toEqual({ email: 'No @.' });
    expect(shown.failure).toEqual({ title: 'The request is not valid', detail: 'Mend it.' });
  });

  test('goes to a field when the code alone says which', () => {
    expect(formFailure(refusal('password_wrong'), fields, { password_wrong: 'email' })).toEqual({
      errors: { email: 'Mend it.' },
      failure: null,
    });
  });

  test('is a failure of the page when it is no refusal at all', () => {
    expect(formFailure(new TypeError('x is undefined'), fields).failure?.title).toBe(
      'Something went wrong in this page',
    );
  });
});
