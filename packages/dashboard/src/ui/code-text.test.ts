import { expect, test } from 'vitest';
import { cleanCode, codeProblem } from './code-text.ts';

test('a code may be pasted with spaces', () => {
  expect(cleanCode(' 123 456\n')).toBe('123456');
  expect(cleanCode('123-4567')).toBe('123456');
});

test('a code that cannot be one is refused before it is sent', () => {
  expect(codeProblem('')).toContain('Write the code');
  expect(codeProblem('12345')).toContain('six digits');
  expect(codeProblem('12345a')).toContain('six digits');
  expect(codeProblem('012345')).toBeNull();
});
