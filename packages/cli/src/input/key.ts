import { KEY_PATTERN } from '@flaghoist/evaluator';
import { wrongUse } from '../command-failure.ts';

const KEY = new RegExp(KEY_PATTERN);
const ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** A well-formed key. Checked before it becomes part of a path. */
export function checkKey(text: string, what: string): string {
  if (KEY.test(text)) return text;
  throw wrongUse(
    `${what} ${JSON.stringify(text)} is not a key: it starts with a letter or digit; then letters, digits, dot, underscore, hyphen; at most 128.`,
  );
}

/** An id as lists show it. */
export function checkId(text: string, what: string): string {
  if (ID.test(text)) return text;
  throw wrongUse(
    `${what} ${JSON.stringify(text)} is not an id. Take it from the ID column of the list; it is not the secret.`,
  );
}
