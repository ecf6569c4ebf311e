import { expect, test } from 'vitest';
import { emailProblem, ownNameProblem } from './person-text.ts';

test('an e-mail address is refused with what is wrong about it', () => {
  expect(emailProblem('')).toBe('Write an e-mail address.');
  expect(emailProblem('ada at example')).toContain('no space');
  expect(emailProblem('ada.example.com')).toContain('one @');
  expect(emailProblem('ada@b@c')).toContain('one @');
  expect(emailProblem(' ada@example.com ')).toBeNull();
});

test('a name is there and not too long', () => {
  expect(ownNameProblem('  ')).toContain('Write your name');
  expect(ownNameProblem('x'.repeat(257))).toContain('it has 257');
  expect(ownNameProblem('Ada')).toBeNull();
});
