import { expect, test } from 'vitest';
import { withKey, withName } from '../../api/key-text.ts';
import { environmentProblems, NEW_ENVIRONMENT, sortEnvironments } from './environment-form.ts';

test('the key follows the name until it is written by hand, and cannot be one that was used', () => {
  const named = withName(NEW_ENVIRONMENT, 'Load test');
  expect(named.key).toBe('load-test');
  expect(withName(withKey(named, 'lt'), 'Other').key).toBe('lt');
  expect(environmentProblems(named, [])).toEqual({});
  expect(environmentProblems(named, ['load-test']).key).toContain('already');
  expect(Object.keys(environmentProblems(NEW_ENVIRONMENT, []))).toEqual(['name', 'key']);
});

test('environments are ordered as the project has them, by name, or by revision', () => {
  const items = [
    { name: 'eu-10', revision: 3 },
    { name: 'eu-2', revision: 9 },
    { name: 'dev', revision: 5 },
  ];
  const by = (key: 'order' | 'name' | 'revision', descending = false) =>
    sortEnvironments(items, { by: key, descending }).map(({ name }) => name);
  expect(by('order')).toEqual(['eu-10', 'eu-2', 'dev']);
  expect(by('name')).toEqual(['dev', 'eu-2', 'eu-10']);
  expect(by('revision', true)).toEqual(['eu-2', 'dev', 'eu-10']);
});
