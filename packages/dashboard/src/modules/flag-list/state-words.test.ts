import { expect, test } from 'vitest';
import { isPartial, stateSentence, statesText, stateWord } from './state-words.ts';

const state = (environment: string, enabled: boolean, serves: string) => ({ environment, enabled, serves });

test('a state is one word', () => {
  expect(stateWord(state('a', false, 'off'))).toBe('Off');
  expect(stateWord(state('a', true, 'rules'))).toBe('Rules');
  expect(stateWord(state('a', true, 'blue'))).toBe('blue');
  expect(stateWord(state('a', true, 'on'))).toBe('On');
});

test('what was just switched on says no more than that until the server has answered', () => {
  expect(stateWord(state('a', true, 'off'))).toBe('On');
  expect(stateSentence(state('a', true, 'off'))).toBe('On');
  expect(stateSentence(state('a', false, 'rules'))).toBe('Off');
});

test('rules and rollouts serve different people differently, when the flag is on', () => {
  expect(isPartial(state('a', true, 'rules'))).toBe(true);
  expect(isPartial(state('a', false, 'rules'))).toBe(false);
  expect(isPartial(state('a', true, 'on'))).toBe(false);
});

test('states are read aloud by what they have in common', () => {
  expect(statesText([state('dev', true, 'on'), state('qa', true, 'on'), state('live', false, 'off')])).toBe(
    'On in dev, qa. Off in live.',
  );
  expect(statesText([])).toBe('');
});
