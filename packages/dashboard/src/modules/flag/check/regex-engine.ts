import type { RegexEngine } from '@flaghoist/evaluator';

let engine: Promise<RegexEngine> | null = null;

/** The engine that every process evaluates with. 100 kB, so it is fetched when the first pattern is met. */
export function loadRegexEngine(): Promise<RegexEngine> {
  engine ??= import('@flaghoist/client/regex').then(({ createRegexEngine }) => createRegexEngine());
  return engine;
}
