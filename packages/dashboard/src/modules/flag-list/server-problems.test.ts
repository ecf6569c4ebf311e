import { expect, test } from 'vitest';
import { ApiProblem } from '../../api/problem.ts';
import { beginFlag } from './new-flag.ts';
import { serverProblems } from './server-problems.ts';

const problem = (code: string, ...paths: readonly string[]) =>
  new ApiProblem({
    status: 400,
    code,
    title: 'No',
    detail: 'Not so.',
    errors: paths.map((path) => ({ path, code: 'x', message: `at ${path}` })),
  });
const flag = beginFlag();

test('each problem stands at the field that holds it', () => {
  const first = flag.variants[0]?.id;
  expect(serverProblems(problem('invalid_request', '$.key', '$.tags[2]', '$.variants.on'), flag)).toEqual({
    fields: { key: 'at $.key', tags: 'at $.tags[2]', [`variant ${first} value`]: 'at $.variants.on' },
    rest: false,
  });
});

test('a key that exists or was used is a problem of the key', () => {
  expect(serverProblems(problem('key_retired'), flag)).toEqual({ fields: { key: 'Not so.' }, rest: false });
});

test('what is about no field is said above the form', () => {
  expect(serverProblems(problem('invalid_request', '$.other'), flag).rest).toBe(true);
  expect(serverProblems(problem('internal'), flag).rest).toBe(true);
  expect(serverProblems(new Error('lost'), flag).rest).toBe(true);
});
