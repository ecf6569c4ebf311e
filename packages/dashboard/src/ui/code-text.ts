/** One-time codes as people type and paste them: “123 456” is 123456. */
export function cleanCode(text: string): string {
  return text.replace(/[\s-]+/g, '').slice(0, 6);
}

/** What is wrong with a code of an authenticator app; null: nothing that can be seen here. */
export function codeProblem(code: string): string | null {
  if (code === '') return 'Write the code that the app shows now.';
  return /^\d{6}$/.test(code) ? null : 'The code has six digits.';
}
