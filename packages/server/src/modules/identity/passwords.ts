/** Passwords: what is accepted, and argon2id. */
import { invalid } from '../../platform/refusal.ts';
import { USUAL_PASSWORDS } from './usual-passwords.ts';

/** In characters, once normalised. */
const SHORTEST = 12;
const LONGEST = 1_024;

/** Both take as long as argon2id takes, off the event loop. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}

/** The least that OWASP recommends for argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export function createPasswordHasher(): PasswordHasher {
  return {
    async hash(password) {
      const argon2 = await import('@node-rs/argon2');
      return argon2.hash(normalise(password), ARGON2);
    },
    async verify(password, hash) {
      const argon2 = await import('@node-rs/argon2');
      return argon2.verify(hash, normalise(password));
    },
  };
}

/**
 * Throws a Refusal that says what is wrong with a new password.
 *
 * @param path of the password in the request.
 */
export function requireGoodPassword(password: string, email: string, path = '$.password'): void {
  const text = normalise(password);
  const length = Array.from(text).length;
  if (length < SHORTEST || length > LONGEST)
    throw invalid(
      path,
      'password_length',
      `A password has ${SHORTEST} to 1,024 characters; this has ${length}. A few words in a row are easy to remember.`,
    );
  const folded = text.toLowerCase();
  const local = email.slice(0, email.indexOf('@')).toLowerCase();
  if (local.length >= 3 && folded.includes(local))
    throw invalid(path, 'password_has_email', 'The password must not contain the name in the e-mail address.');
  const isUsual = USUAL_PASSWORDS.some((usual) => usual === folded || folded.replaceAll(usual, '') === '');
  if (isUsual || new Set(folded).size < 4)
    throw invalid(path, 'password_usual', 'This is one of the passwords that are tried first. Choose another.');
}

/** The same characters, however a keyboard composes them. */
function normalise(password: string): string {
  return password.normalize('NFKC');
}
