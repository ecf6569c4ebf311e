/** Names and e-mail addresses of people, as far as one can tell before the server looks. */

/** What is wrong with an address; null: nothing that can be seen here. */
export function emailProblem(email: string): string | null {
  const text = email.trim();
  if (text === '') return 'Write an e-mail address.';
  if (/\s/.test(text)) return 'An e-mail address has no space in it.';
  if (!/^[^@]+@[^@]+$/.test(text)) return 'An e-mail address has one @, such as ada@example.com.';
  return null;
}

const LONGEST_NAME = 256;

/** What is wrong with the name that somebody gives to themselves; null: nothing. */
export function ownNameProblem(name: string): string | null {
  const length = Array.from(name.trim()).length;
  if (length === 0) return 'Write your name: colleagues see it beside what you change.';
  return length > LONGEST_NAME ? `Shorten the name to ${LONGEST_NAME} characters; it has ${length}.` : null;
}
