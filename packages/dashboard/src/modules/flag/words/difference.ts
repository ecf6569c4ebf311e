import type { Rule } from '@flaghoist/evaluator';
import { text, type Words } from './span.ts';

/** One thing that differs between two configurations, in plain words. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly words: Words;
}

export function changed(...words: Words): Difference {
  return { kind: 'changed', words };
}

/** The name of a rule by its place: `Rule 2 (eu)`. */
export function ruleName(rule: Rule, index: number): Words {
  return [text(`Rule ${index + 1} `), { kind: 'rule', text: `(${rule.id})` }];
}
