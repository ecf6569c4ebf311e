/** Finding rows by parts of their texts, whatever the case, without an extension of the database. */
import { type RawBuilder, sql } from './database.ts';

/** As texts are stored that are searched: composed, in lower case. Databases differ in how they would do it; keys are ASCII. */
export function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** The words of what somebody typed, folded; none when it is empty. */
export function wordsOf(typed: string): readonly string[] {
  return folded(typed)
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** Whether a folded text holds each of some words. */
export function holdsAll(text: RawBuilder<unknown>, words: readonly string[]): RawBuilder<unknown> {
  if (words.length === 0) return sql`true`;
  // Not LIKE: a percent sign that somebody types is a percent sign.
  const each = words.map((word) => sql`strpos(${text}, ${word}) > 0`);
  return sql`(${sql.join(each, sql` and `)})`;
}

/**
 * How well words fit a row that holds all of them, the best 0: they are its key, its key begins with them, each begins a word
 * of its name, they are somewhere in it. Key and name are folded.
 */
export function rankOf(
  key: RawBuilder<unknown>,
  name: RawBuilder<unknown>,
  words: readonly string[],
): RawBuilder<unknown> {
  const whole = words.join(' ');
  const starts = words.map((word) => sql`strpos(' ' || translate(${name}, '-_./:', '     '), ' ' || ${word}) > 0`);
  return sql`case when ${key} = ${whole} then 0 when starts_with(${key}, ${whole}) then 1
    when ${sql.join(starts, sql` and `)} then 2 else 3 end`;
}

/** Something that was found by key or name. */
export interface Found {
  readonly project: string;
  readonly environment: string | null;
  readonly key: string;
  readonly name: string;
  /** See `rankOf`. */
  readonly rank: number;
}
