/** Checks of the pieces that every entity is made of. Each returns whether the piece is sound, and records what is not. */
import { LIMITS } from '../limits.ts';
import { KEY_PATTERN } from '../model.ts';
import { at, type Path, type Problems, quote } from './problems.ts';

export type Members = { readonly [member: string]: unknown };

/** An object of the model: what it is called in messages, and the members it may have. */
export interface Shape {
  readonly name: string;
  readonly required: readonly string[];
  /** Every member it may have; true: it needs that member. */
  readonly members: ReadonlyMap<string, boolean>;
}

export function shape(name: string, required: readonly string[], optional: readonly string[]): Shape {
  const members = new Map(optional.map((member) => [member, false]));
  for (const member of required) members.set(member, true);
  return { name, required, members };
}

const KEY = new RegExp(KEY_PATTERN);

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is an object; unknown and missing members are recorded, and do not make it useless. */
export function checkObject(value: unknown, expected: Shape, path: Path, problems: Problems): value is Members {
  if (!isObject(value)) {
    return problems.add(path, 'not_an_object', `Write ${expected.name} here, as a JSON object.`);
  }
  let needed = 0;
  // Not Object.keys, whose array costs more than all else here; what a prototype adds is left out below.
  for (const member in value) {
    const need = expected.members.get(member);
    if (need === true && value[member] !== undefined) needed++;
    else if (need === undefined) addUnknownMember(value, member, expected, path, problems);
  }
  if (needed < expected.required.length) addMissingMembers(value, expected, path, problems);
  return true;
}

function addUnknownMember(value: Members, member: string, expected: Shape, path: Path, problems: Problems): void {
  if (problems.full || !Object.hasOwn(value, member)) return;
  const known = [...expected.members.keys()].join(', ');
  const message = `Remove ${quote(member)}: ${expected.name} has only the members ${known}.`;
  problems.add(at(path, member), 'unknown_member', message);
}

function addMissingMembers(value: Members, expected: Shape, path: Path, problems: Problems): void {
  for (const member of expected.required) {
    if (value[member] === undefined) {
      problems.add(at(path, member), 'missing_member', `Add "${member}": ${expected.name} needs it.`);
    }
  }
}

export function checkList(
  value: unknown,
  bounds: { readonly least: number; readonly most: number; readonly of: string },
  path: Path,
  problems: Problems,
): value is readonly unknown[] {
  if (!Array.isArray(value)) return problems.add(path, 'not_a_list', `Write a JSON array of ${bounds.of}.`);
  if (value.length < bounds.least) {
    return problems.add(path, 'too_few', `Write at least ${bounds.least} of ${bounds.of}.`);
  }
  if (value.length > bounds.most) {
    return problems.add(path, 'too_many', `Write at most ${bounds.most} of ${bounds.of}, not ${value.length}.`);
  }
  return true;
}

export function checkBoolean(value: unknown, path: Path, problems: Problems): boolean {
  return typeof value === 'boolean' || problems.add(path, 'not_a_boolean', 'Write true or false, without quotes.');
}

export function checkText(
  value: unknown,
  bounds: { readonly least: 0 | 1; readonly most: number },
  path: Path,
  problems: Problems,
): value is string {
  if (typeof value !== 'string') return problems.add(path, 'not_a_text', 'Write a string in quotes.');
  if (value.length < bounds.least) return problems.add(path, 'empty_text', 'Write at least one character.');
  if (value.length > bounds.most) {
    return problems.add(path, 'too_long', `Shorten the string to ${bounds.most} characters; it has ${value.length}.`);
  }
  return true;
}

export function checkKey(value: unknown, of: string, path: Path, problems: Problems): value is string {
  if (typeof value !== 'string') return problems.add(path, 'not_a_text', `Write the key of ${of}, in quotes.`);
  if (KEY.test(value)) return true;
  return problems.add(
    path,
    'bad_key',
    `Rename ${quote(value)}: the key of ${of} has 1 to 128 letters, digits, ".", "_" or "-" and begins with a letter or digit.`,
  );
}

export function checkTargetingKeys(value: unknown, path: Path, problems: Problems): value is readonly string[] {
  if (!checkList(value, { least: 0, most: LIMITS.keys, of: 'targeting keys' }, path, problems)) return false;
  const bounds = { least: 1, most: LIMITS.textLength } as const;
  let sound = true;
  for (let index = 0; index < value.length && !problems.full; index++) {
    const key = value[index];
    if (typeof key === 'string' && key.length > 0 && key.length <= LIMITS.textLength) continue;
    sound = checkText(key, bounds, at(path, index), problems);
  }
  return sound;
}

/** Whether `value` is a whole number in a range, both ends included. */
export function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}
