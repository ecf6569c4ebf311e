/** How good a new password is, as far as one can tell while it is typed. The server has the last word. */

/** In characters, after normalisation; the server's own limits. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 1_024;

/** From here on length alone carries it. */
const GOOD = 16;
const STRONG = 20;
const FEW_DIFFERENT = 6;

export interface PasswordStrength {
  readonly level: 'short' | 'weak' | 'fair' | 'good' | 'strong';
  /** 0 to 1, for a bar. */
  readonly share: number;
  readonly words: string;
}

/** Null for an empty password: there is nothing to say yet. Length comes first; then whether it repeats itself. */
export function passwordStrength(password: string): PasswordStrength | null {
  const letters = Array.from(password.normalize('NFKC'));
  if (letters.length === 0) return null;
  if (letters.length < SHORTEST_PASSWORD) {
    const missing = SHORTEST_PASSWORD - letters.length;
    return {
      level: 'short',
      share: (letters.length / SHORTEST_PASSWORD) * 0.4,
      words: missing === 1 ? '1 more character' : `${missing} more characters`,
    };
  }
  if (new Set(letters.map((letter) => letter.toLowerCase())).size < FEW_DIFFERENT)
    return { level: 'weak', share: 0.3, words: 'It repeats itself too much' };
  if (letters.length < GOOD) return { level: 'fair', share: 0.55, words: 'Long enough. Longer is better' };
  if (letters.length < STRONG) return { level: 'good', share: 0.8, words: 'Good' };
  return { level: 'strong', share: 1, words: 'Strong' };
}

/** What is wrong with a new password before it is sent; null: nothing that can be seen here. */
export function newPasswordProblem(password: string): string | null {
  const length = Array.from(password.normalize('NFKC')).length;
  if (length === 0) return 'Choose a password.';
  if (length < SHORTEST_PASSWORD)
    return `A password has at least ${SHORTEST_PASSWORD} characters; this has ${length}. A few words in a row are easy to remember.`;
  if (length > LONGEST_PASSWORD) return `A password has at most ${LONGEST_PASSWORD} characters; this has ${length}.`;
  return null;
}
