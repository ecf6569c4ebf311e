import { describe, expect, it } from 'vitest';
import { Refusal } from '../../platform/refusal.ts';
import { createPasswordHasher, requireGoodPassword } from './passwords.ts';

function problemWith(password: string, email = 'ada@shop.example'): string | null {
  try {
    requireGoodPassword(password, email);
    return null;
  } catch (error) {
    return error instanceof Refusal ? (error.errors[0]?.code ?? '') : 'another error';
  }
}

describe('a new password', () => {
  it.each([
    ['lines of old verse', null],
    ['twelve chars', null],
    ['eleven char', 'password_length'],
    ['', 'password_length'],
    ['ab cd '.repeat(170), null],
    ['ab cd '.repeat(171), 'password_length'],
    // Twelve code points, each two UTF-16 units.
    ['🌲🌿🍀🍁🍂🍃🌾🌵🌴🌳🌱🌻', null],
    // Eleven once it is normalised: a letter with its accent beside it is one character.
    [`cafe\u0301 au lait`.slice(0, 12), 'password_length'],
    ['my ADA password', 'password_has_email'],
    ['passwordpassword', 'password_usual'],
    ['Password1234', 'password_usual'],
    ['qwertyqwerty', 'password_usual'],
    ['aaaaaaaaaaaaaa', 'password_usual'],
    ['correct horse battery staple', 'password_usual'],
    // Letters of full width are the same letters.
    ['ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ', 'password_usual'],
  ])('%j is judged: %s', (password, problem) => {
    expect(problemWith(password)).toBe(problem);
  });

  it('may hold a name in an e-mail address of one or two letters: nearly every text does', () => {
    expect(problemWith('a quiet morning', 'a@shop.example')).toBeNull();
  });
});

describe('the hash of a password', () => {
  const hasher = createPasswordHasher();

  it('is argon2id with at least what OWASP asks for, salted', async () => {
    const [first, second] = [await hasher.hash('lines of old verse'), await hasher.hash('lines of old verse')];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await hasher.verify('lines of old verse', first)).toBe(true);
    expect(await hasher.verify('lines of old verses', first)).toBe(false);
  });

  it('is the same for the same characters, however they are composed', async () => {
    expect(await hasher.verify('un cafe\u0301 noir', await hasher.hash('un caf\u00e9 noir'))).toBe(true);
  });
});
