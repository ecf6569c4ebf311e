/** What is wrong with a configuration, and at which field it is to be said. */
import { type Condition, checkFlag, type FlagType, type Problem, type RegexEngine } from '@flaghoist/evaluator';
import { type Configuration, toDocument } from '../draft/configuration.ts';

export type Problems = readonly Problem[];

export const NO_PROBLEMS: Problems = [];

/** As the server will judge it, but for flags and segments that it looks up. Without an engine patterns are not compiled. */
export function findProblems(
  key: string,
  type: FlagType,
  configuration: Configuration,
  engine: RegexEngine | null,
): Problems {
  const checked = checkFlag(toDocument(key, type, configuration), engine ?? undefined);
  return checked.ok ? NO_PROBLEMS : checked.problems;
}

/** The first problem of exactly this place. */
export function problemAt(problems: Problems, path: string): Problem | null {
  return problems.find((problem) => problem.path === path) ?? null;
}

/** Problems of this place and of everything in it. */
export function problemsUnder(problems: Problems, path: string): Problems {
  const found = problems.filter(({ path: at }) => isUnder(at, path));
  return found.length === 0 ? NO_PROBLEMS : found;
}

export function isUnder(path: string, place: string): boolean {
  return path.startsWith(place) && (path.length === place.length || '.['.includes(path.charAt(place.length)));
}

/** Of exactly this place, or of something in it that has no field of its own. */
export function firstUnder(problems: Problems, path: string): Problem | null {
  return problemAt(problems, path) ?? problemsUnder(problems, path)[0] ?? null;
}

/** `$.variants.blue`, or `$.variants["two words"]` for what is no plain name: as problems write it. */
export function memberPath(parent: string, member: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(member)) return `${parent}.${member}`;
  return `${parent}[${JSON.stringify(member.length > 60 ? `${member.slice(0, 60)}...` : member)}]`;
}

/** Whether nobody has written anything there yet: said as a request, not as a mistake, until somebody wants to save. */
export function isUnfinished({ path }: Problem, configuration: Configuration): boolean {
  const value = valueAt(configuration, path);
  return value === '' || (Array.isArray(value) && value.length === 0);
}

/** What is to be done first, in the words of the form. */
export function inFormWords(problem: Problem): Problem {
  const [, wanted] = REQUESTS.find(([place]) => place.test(problem.path)) ?? [];
  return wanted === undefined ? problem : { ...problem, message: wanted };
}

const REQUESTS: readonly (readonly [RegExp, string])[] = [
  [/\.attribute$/, 'Name the attribute.'],
  [/\.values$/, 'Add a value.'],
  [/\.segment$/, 'Choose a segment.'],
  [/\.conditions$/, 'Add a condition: who shall get it?'],
  [/\.variants$/, 'Choose a variant.'],
];

function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const [, name, index, quoted] of path.matchAll(/\.([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const step = name ?? index ?? String(JSON.parse(quoted ?? '""'));
    value = (value as { readonly [step: string]: unknown })[step];
  }
  return value;
}

/** Whether a rule has a regular expression, so that an engine is needed to judge it. */
export function usesPatterns({ rules }: Configuration): boolean {
  return rules.some(({ conditions }) => conditions.some(hasPattern));
}

function hasPattern(condition: Condition): boolean {
  if ('group' in condition) return condition.conditions.some(hasPattern);
  return 'attribute' in condition && condition.operator === 'matches';
}
