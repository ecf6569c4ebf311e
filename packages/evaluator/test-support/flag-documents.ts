/** Flags as parsed JSON, good or bad, for the tests of the checks. */
import type { Checked } from '../src/model.ts';

export type Json = Record<string, unknown>;

export const GOOD: Json = {
  key: 'checkout',
  type: 'string',
  enabled: true,
  variants: { a: 'A', b: 'B' },
  default: { variant: 'a' },
};

export const CONDITION: Json = { attribute: 'plan', operator: 'in', values: ['pro'] };
export const RULE: Json = { id: 'r', conditions: [CONDITION], serve: { variant: 'a' } };
export const CONTRACT: Json = { algorithm: 'murmur3/1' };
export const SHARE: Json = { variant: 'a', weight: 1 };

export const flagWith = (members: Json): Json => ({ ...GOOD, ...members });

export const withRule = (members: Json): Json => flagWith({ rules: [{ ...RULE, ...members }] });

/** A flag whose only rule has this condition. */
export const withCondition = (condition: unknown): Json => withRule({ conditions: [condition] });

/** A flag whose only rule has an attribute condition with these members. */
export const withTest = (members: Json): Json => withCondition({ ...CONDITION, ...members });

export const withRollout = (variants: unknown, bucketing: unknown = CONTRACT): Json =>
  flagWith({ default: { rollout: { variants, bucketing } } });

/** Groups in groups, this many deep, around one condition. */
export const nestGroups = (depth: number): Json =>
  depth === 0 ? CONDITION : { group: 'all', conditions: [nestGroups(depth - 1)] };

export const parsed = (text: string): unknown => JSON.parse(text);

export const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index));

/** What is wrong, as `path code`, in the order it is found. */
export function findings(checked: Checked<unknown>): string[] {
  return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
}

/** What every message must be: a sentence that begins with what to do, short enough for one screen line or four. */
export const ADVICE = /^(Add|Remove|Rename|Write|Name|Keep|Make|Move|Give|Shorten|Flatten) .{8,}[.]$/s;
