/** What keys look like: those of projects, environments, flags, segments and variants. */
import { KEY_PATTERN } from '@flaghoist/evaluator';

export const LONGEST_KEY = 128;
const WELL_FORMED = new RegExp(KEY_PATTERN);

/** A key made of a name: “New checkout (2026)” gives `new-checkout-2026`. Empty when nothing of the name can stand in a key. */
export function deriveKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, LONGEST_KEY)
    .replace(/[-._]+$/, '');
}

/** What a form keeps that asks for a name and a key: the key follows the name until it is written by hand. */
export interface NamedKey {
  readonly name: string;
  readonly key: string;
  /** Whether the key was written by hand. */
  readonly keyIsOwn: boolean;
}

export function withName<Form extends NamedKey>(form: Form, name: string): Form {
  return { ...form, name, key: form.keyIsOwn ? form.key : deriveKey(name) };
}

/** An empty key follows the name again. */
export function withKey<Form extends NamedKey>(form: Form, key: string): Form {
  return { ...form, key, keyIsOwn: key !== '' };
}

/** What is wrong with a key and how to mend it; null: nothing. */
export function keyProblem(key: string): string | null {
  if (key === '') return 'Write a key: programs name it by this.';
  if (key.length > LONGEST_KEY) return `Shorten the key to ${LONGEST_KEY} characters; it has ${key.length}.`;
  if (!/^[A-Za-z0-9]/.test(key)) return 'Begin the key with a letter or a digit.';
  const strange = /[^A-Za-z0-9._-]/u.exec(key)?.[0];
  if (strange === ' ') return 'Leave out the space: a key holds letters, digits, dots, underscores and hyphens.';
  if (strange !== undefined)
    return `Leave out “${strange}”: a key holds letters, digits, dots, underscores and hyphens.`;
  return WELL_FORMED.test(key) ? null : 'A key holds letters, digits, dots, underscores and hyphens.';
}
