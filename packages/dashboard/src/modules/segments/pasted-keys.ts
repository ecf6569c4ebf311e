/** A paste of targeting keys: what would be added, and what would not and why. */

export const LONGEST_KEY = 1_024;
export const MOST_KEYS = 100_000;
const MOST_SHOWN = 20;

export interface Invalid {
  /** Cut to 60 characters. */
  readonly text: string;
  readonly why: string;
}

export interface Pasted {
  /** In the order of the paste. */
  readonly added: readonly string[];
  /** In the list already. */
  readonly present: number;
  /** Stood in the paste more than once. */
  readonly repeated: number;
  readonly invalid: number;
  /** The first of the invalid ones. */
  readonly examples: readonly Invalid[];
  /** How many would be too many for the list. */
  readonly over: number;
}

/** Keys between line ends, commas, semicolons and tabs; blanks at both ends, and quotes around one, do not count. */
export function parsePaste(text: string, list: ReadonlySet<string>): Pasted {
  const added = new Set<string>();
  const examples: Invalid[] = [];
  let [present, repeated, invalid, over] = [0, 0, 0, 0];
  for (const part of text.split(/[\r\n,;\t]+/)) {
    const key = unquoted(part.trim());
    if (key === '') continue;
    const why = faultOf(key);
    if (why !== null) {
      invalid += 1;
      if (examples.length < MOST_SHOWN) examples.push({ text: key.length > 60 ? `${key.slice(0, 60)}…` : key, why });
    } else if (list.has(key)) present += 1;
    else if (added.has(key)) repeated += 1;
    else if (list.size + added.size >= MOST_KEYS) over += 1;
    else added.add(key);
  }
  return { added: [...added], present, repeated, invalid, examples, over };
}

/** `4 keys are new, 1 is in the list already.` */
export function pasteText({ added, present, repeated, invalid, over }: Pasted): string {
  const parts = [
    part(added.length, 'key is new', 'keys are new'),
    part(present, 'is in the list already', 'are in the list already'),
    part(repeated, 'stands here twice', 'stand here more than once'),
    part(invalid, 'cannot be a key', 'cannot be keys'),
    part(over, `is too many (a list holds ${number(MOST_KEYS)})`, `are too many (a list holds ${number(MOST_KEYS)})`),
  ].filter((text) => text !== '');
  return parts.length === 0 ? 'No keys yet.' : `${parts.join(', ')}.`;
}

function part(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${number(count)} ${count === 1 ? one : many}`;
}

function number(count: number): string {
  return count.toLocaleString('en');
}

/** A column of a table often comes in quotes. */
function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}

function faultOf(key: string): string | null {
  if (key.length > LONGEST_KEY) return `It has ${number(key.length)} characters; ${number(LONGEST_KEY)} is the most.`;
  return key.isWellFormed() ? null : 'It is no well-formed text.';
}
