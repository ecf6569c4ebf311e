import { isObject } from './check-json.ts';
import { LIMITS } from '../limits.ts';
import type { FlagType } from '../model.ts';
import { at, type Path, type Problems } from './problems.ts';

export const FLAG_TYPES: readonly FlagType[] = ['boolean', 'string', 'number', 'object'];

/** Checks a variant's value against the flag's type, which is null when the flag's type is itself unknown. */
export function checkValue(value: unknown, type: FlagType | null, path: Path, problems: Problems): void {
  if (type === null || fits(value, type)) checkNested(value, 1, path, problems);
  else problems.add(path, 'wrong_value_type', `Write ${WANTED[type]}: the flag's type is "${type}".`);
}

const WANTED: { readonly [type in FlagType]: string } = {
  boolean: 'true or false',
  string: 'a string',
  number: 'a number',
  object: 'a JSON object or array',
};

function fits(value: unknown, type: FlagType): boolean {
  return type === 'object' ? typeof value === 'object' && value !== null : typeof value === type;
}

function checkNested(value: unknown, depth: number, path: Path, problems: Problems): void {
  if (typeof value === 'string') checkLength(value, path, problems);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value)) problems.add(path, 'not_finite', 'Write a smaller number: this one is not finite.');
  } else if (typeof value === 'object' && value !== null) checkContainer(value, depth, path, problems);
}

function checkContainer(value: object, depth: number, path: Path, problems: Problems): void {
  if (depth > LIMITS.valueDepth) {
    problems.add(path, 'too_deep', `Flatten the value: it may nest ${LIMITS.valueDepth} levels deep.`);
    return;
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && !problems.full; index++) {
      checkNested(value[index], depth + 1, at(path, index), problems);
    }
  } else if (isObject(value)) {
    for (const member of Object.keys(value)) {
      if (problems.full) return;
      if (member === '__proto__') {
        problems.add(at(path, member), 'forbidden_member', 'Rename "__proto__": it would reach prototypes, not data.');
      } else if (checkLength(member, at(path, member), problems)) {
        checkNested(value[member], depth + 1, at(path, member), problems);
      }
    }
  }
}

function checkLength(text: string, path: Path, problems: Problems): boolean {
  const most = LIMITS.variantTextLength;
  return text.length <= most || problems.add(path, 'too_long', `Shorten the text to ${most} characters.`);
}
