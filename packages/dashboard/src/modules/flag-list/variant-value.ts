/** A variant's value as text in a field. */
import type { FlagKind } from './flag-search.ts';

export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

const LONGEST = 65_536;

/** Reads what was typed as a value of the type. Texts are taken as they stand. */
export function readValue(type: FlagKind, text: string): ReadValue {
  switch (type) {
    case 'string':
      return text.length > LONGEST
        ? wrong(`Shorten the text to ${LONGEST.toLocaleString('en')} characters.`)
        : { ok: true, value: text };
    case 'boolean':
      return text === 'true' || text === 'false' ? { ok: true, value: text === 'true' } : wrong('Write true or false.');
    case 'number':
      return readNumber(text.trim());
    case 'object':
      return readObject(text);
  }
}

/** What a new variant's field holds. */
export function startText(type: FlagKind, at: number): string {
  if (type === 'boolean') return at === 0 ? 'true' : 'false';
  if (type === 'number') return String(at);
  return type === 'object' ? '{}' : '';
}

function readNumber(text: string): ReadValue {
  const value = Number(text);
  if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return wrong('Write a number, such as 10 or -2.5.');
  return Number.isFinite(value) ? { ok: true, value } : wrong('Write a smaller number: this one is not finite.');
}

function readObject(text: string): ReadValue {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong('Write a JSON object, such as {"limit": 10}.');
    return { ok: true, value };
  } catch (error) {
    return wrong(`This is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`);
  }
}

function wrong(problem: string): ReadValue {
  return { ok: false, problem };
}
