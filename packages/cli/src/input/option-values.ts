import { parseSetting } from '@flaghoist/runtime/config';
import { InvalidArgumentError } from 'commander';
import { wrongUse } from '../command-failure.ts';

/** Commander parser: `true` or `false`. */
export function parseBoolean(text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new InvalidArgumentError('Say true or false.');
}

/** Commander parser: a whole number from 1. */
export function parsePositive(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Give a whole number from 1.');
}

/** Commander parser: `99%` as 0.99. */
export function parseShare(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  const share = Number(percent) / 100;
  if (percent !== undefined && share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('Give a percentage above 0% and at most 100%, e.g. 99%.');
}

/** Commander parser: `30s` as milliseconds. */
export function parseDuration(text: string): number {
  const parsed = parseSetting({ kind: 'duration', min: 0, max: 86_400_000, description: '' }, text);
  if (parsed.ok) return parsed.value as number;
  throw new InvalidArgumentError('Give a duration like 500ms, 30s or 5m, at most a day.');
}

/** Commander parser of an option that can be given several times. */
export function collect(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

/** `a,b` as a list; spaces around and empty parts are left out. */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `name=rest` cut at the first `=`. */
export function splitPair(text: string, option: string, example: string): readonly [name: string, rest: string] {
  const at = text.indexOf('=');
  if (at <= 0) throw wrongUse(`${option} ${JSON.stringify(text)} has the wrong form. Example: ${option} ${example}`);
  return [text.slice(0, at), text.slice(at + 1)];
}
