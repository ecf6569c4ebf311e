import { describe, expect, test } from 'vitest';
import { newPasswordProblem, passwordStrength } from './password-strength.ts';

describe('the strength of a password', () => {
  test('is not spoken of while nothing is typed', () => {
    expect(passwordStrength('')).toBeNull();
  });

  test('is first of all its length', () => {
    const levels = ['short one', 'twelve chars', 'sixteen letters!', 'a few words in a row are best'].map(
      (password) => passwordStrength(password)?.level,
    );
    expect(levels).toEqual(['short', 'fair', 'good', 'strong']);
  });

  test('says how many characters are missing', () => {
    expect(passwordStrength('abcdefghij')?.words).toBe('2 more characters');
    expect(passwordStrength('abcdefghijk')?.words).toBe('1 more character');
  });

  test('is weak when it repeats itself, however long it is', () => {
    expect(passwordStrength('abababababababababababab')?.level).toBe('weak');
  });

  test('counts characters, not the units they are stored in', () => {
    expect(passwordStrength('🐎'.repeat(11))?.level).toBe('short');
    expect(newPasswordProblem('🐎🐎🐎')).toContain('this has 3');
  });
});

describe('a new password', () => {
  test('is refused when it is absent, too short or too long, and says so', () => {
    expect(newPasswordProblem('')).toBe('Choose a password.');
    expect(newPasswordProblem('eleven char')).toContain('at least 12 characters; this has 11');
    expect(newPasswordProblem('x'.repeat(1_025))).toContain('at most 1024');
  });

  test('passes at 12 characters', () => {
    expect(newPasswordProblem('twelve chars')).toBeNull();
  });
});
