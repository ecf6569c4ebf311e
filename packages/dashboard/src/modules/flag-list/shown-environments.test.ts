import { expect, test } from 'vitest';
import { NOTHING_REMEMBERED, readRemembered, shownEnvironments, switchedEnvironment } from './shown-environments.ts';

const all = ['dev', 'qa', 'staging', 'eu', 'us', 'asia', 'production'];

test('the first of them and what people use are shown, five together, unless somebody chose', () => {
  expect(shownEnvironments(all, null)).toEqual(['dev', 'qa', 'staging', 'eu', 'production']);
  expect(shownEnvironments(['a', 'b', 'c', 'us-prod', 'eu-prod', 'live', 'prod'], null)).toEqual([
    'a',
    'b',
    'us-prod',
    'eu-prod',
    'live',
  ]);
  expect(shownEnvironments(['live', 'a'], null)).toEqual(['live', 'a']);
  expect(shownEnvironments(all, ['production', 'dev', 'gone'])).toEqual(['dev', 'production']);
  expect(shownEnvironments(all, ['gone'])).toHaveLength(5);
});

test('the switch is of the environment in the address, else of the one used last', () => {
  expect(switchedEnvironment(all, { asked: 'eu', remembered: 'dev' })).toBe('eu');
  expect(switchedEnvironment(all, { asked: 'gone', remembered: 'qa' })).toBe('qa');
  expect(switchedEnvironment(all, { asked: undefined, remembered: null })).toBe('dev');
  expect(switchedEnvironment([], { asked: undefined, remembered: 'dev' })).toBeNull();
});

test('what was kept by another version or by hand does no harm', () => {
  expect(readRemembered('nonsense')).toEqual(NOTHING_REMEMBERED);
  expect(readRemembered('{"shown":[1,"a"],"switched":3}')).toEqual({ shown: ['a'], switched: null });
  expect(readRemembered(null)).toEqual(NOTHING_REMEMBERED);
});
