import type { Condition, Rule } from '@flaghoist/evaluator';

/** An id that no rule has: `rule-1`, or `name-2` beside `name`. `taken` should hold ids that were used before, too. */
export function newRuleId(taken: Iterable<string>, like?: string): string {
  const known = new Set(taken);
  const stem = like?.replace(/-\d+$/, '') ?? 'rule';
  for (let number = like === undefined ? 1 : 2; ; number++) {
    const id = `${stem}-${number}`;
    if (!known.has(id)) return id;
  }
}

export function beginRule(id: string, variant: string): Rule {
  return { id, conditions: [beginCondition('attribute')], serve: { variant } };
}

export type ConditionKind = 'attribute' | 'segment' | 'bucket' | 'group';

export function beginCondition(kind: ConditionKind): Condition {
  switch (kind) {
    case 'attribute':
      return { attribute: '', operator: 'in', values: [] };
    case 'segment':
      return { segment: '' };
    case 'bucket':
      return { bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 10 };
    case 'group':
      return { group: 'any', conditions: [beginCondition('attribute')] };
  }
}
