/** Patterns of one flag or segment that each pass, and together hold up whoever prepares or evaluates them. */
import { costOfPattern } from '@flaghoist/client/regex';
import type { Condition } from '@flaghoist/evaluator';
import { invalid } from '../../platform/refusal.ts';

/** Conditions that passed the evaluator's check, and where they stand in the request: a JSON path. */
export interface ConditionsAt {
  readonly conditions: readonly Condition[];
  readonly at: string;
}

/**
 * Most instructions of all patterns of a flag or segment: three of the largest, and 24 for each of 32. At worst they take
 * 90 ms on a text of 4,096 characters; the gate withholds what takes more than 100 ms. 32 patterns for mail domains make 500.
 */
const MOST_INSTRUCTIONS = 768;
/** Most Unicode classes of them all: each may take 5 ms to compile, in every process that prepares the flag. */
const MOST_WIDE_CLASSES = 16;

/**
 * Refuses, at the first pattern that is too much, what the gate would withhold for its time. Sizes are counted, not times,
 * so that an edit which is accepted once is accepted on every machine.
 */
export function refuseSlowPatterns(set: readonly ConditionsAt[], kind: 'flag' | 'segment'): void {
  let size = 0;
  let wideClasses = 0;
  for (const { pattern, ignoreCase, path } of set.flatMap(({ conditions, at }) => patternsIn(conditions, at))) {
    const cost = costOfPattern(pattern, ignoreCase);
    wideClasses += cost.wideClasses;
    if (wideClasses > MOST_WIDE_CLASSES)
      throw invalid(
        path,
        'patterns_too_slow',
        `The patterns of this ${kind} have ${wideClasses} Unicode classes up to here, at most ${MOST_WIDE_CLASSES} are compiled: \`\\p\`, \`\\P\`, or a range that ends beyond ASCII. ${wayOut(kind)}`,
      );
    size += cost.size();
    if (size > MOST_INSTRUCTIONS)
      throw invalid(
        path,
        'patterns_too_slow',
        `The patterns of this ${kind} make programs of size ${size} up to here, at most ${MOST_INSTRUCTIONS} are run in one evaluation. Repeat less (\`{1,100}\` is a hundred copies), compare with \`startsWith\`, \`endsWith\` or \`contains\` instead. ${wayOut(kind)}`,
      );
  }
}

function wayOut(kind: 'flag' | 'segment'): string {
  return kind === 'flag'
    ? 'Use fewer patterns, or move some into segments.'
    : 'Use fewer patterns, or move some into a segment that this one names.';
}

function patternsIn(
  conditions: readonly Condition[],
  at: string,
): readonly { readonly pattern: string; readonly ignoreCase: boolean; readonly path: string }[] {
  return conditions.flatMap((condition, i) => {
    const path = `${at}[${i}]`;
    if ('group' in condition) return patternsIn(condition.conditions, `${path}.conditions`);
    if (!('operator' in condition) || condition.operator !== 'matches') return [];
    const { values, ignoreCase = false } = condition;
    return values.map((value, j) => ({ pattern: String(value), ignoreCase, path: `${path}.values[${j}]` }));
  });
}
