import { expect, test } from 'vitest';
import { withKey, withName } from '../../api/key-text.ts';
import { NEW_PROJECT, projectProblems } from './project-form.ts';

test('the key follows the name until it is written by hand', () => {
  const named = withName(NEW_PROJECT, 'Web Shop');
  expect(named.key).toBe('web-shop');
  expect(withName(withKey(named, 'ws'), 'Other').key).toBe('ws');
  expect(withName(withKey(named, ''), 'Other').key).toBe('other');
  expect(projectProblems(named, [])).toEqual({});
});

test('what is wrong is said at its field', () => {
  expect(Object.keys(projectProblems(NEW_PROJECT, []))).toEqual(['name', 'key']);
  const named = withName(NEW_PROJECT, 'Shop');
  expect(projectProblems(named, ['shop']).key).toContain('already');
  expect(projectProblems({ ...named, environments: ['a b'] }, []).environments).toContain('a b');
  expect(
    projectProblems({ ...named, environments: Array.from({ length: 51 }, (_, at) => `e${at}`) }, []).environments,
  ).toContain('50');
});
