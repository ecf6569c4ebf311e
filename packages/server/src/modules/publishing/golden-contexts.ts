/**
 * Contexts that are awkward on purpose: each changed flag has to answer all of them before anybody is served it. What they
 * answer does not matter; that they answer, and soon, does.
 */
import type { AttributeCondition, Condition, EvaluationContext } from '@flaghoist/evaluator';

/** Conditions of one flag or segment that get contexts of their own: more would cost more than they find. */
const MOST_CONDITIONS = 32;
/** The longest text that a pattern is run on. */
const LONG = 4_096;
const DEPTH = 200;

const HOSTILE_NAMES =
  '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"hasOwnProperty":1,"toString":null}';

/** The same for every flag. Plain data, as JSON.parse returns it, so no evaluation may call one unreadable. */
const AWKWARD: readonly EvaluationContext[] = [
  {},
  { targetingKey: '' },
  { targetingKey: 'user-1' },
  { targetingKey: 'x'.repeat(10_000) },
  { targetingKey: '\ud800' },
  { targetingKey: 12 } as unknown as EvaluationContext,
  { targetingKey: null } as unknown as EvaluationContext,
  [] as unknown as EvaluationContext,
  null as unknown as EvaluationContext,
  JSON.parse(HOSTILE_NAMES) as EvaluationContext,
  { targetingKey: 'user-2', nested: nested(DEPTH) },
];

export function goldenContexts(conditions: readonly Condition[]): readonly EvaluationContext[] {
  const found: AttributeCondition[] = [];
  collect(conditions, found);
  return found.length === 0 ? AWKWARD : [...AWKWARD, ...found.flatMap(contextsFor)];
}

/** Those without a long text, on which no pattern is slow. */
export function shortContexts(conditions: readonly Condition[]): readonly EvaluationContext[] {
  return goldenContexts(conditions).filter((context) => !isLong(context));
}

function isLong(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= LONG;
  return typeof value === 'object' && value !== null && Object.values(value).some(isLong);
}

function collect(conditions: readonly Condition[], found: AttributeCondition[]): void {
  for (const condition of conditions) {
    if (found.length >= MOST_CONDITIONS) return;
    if ('attribute' in condition) found.push(condition);
    else if ('group' in condition) collect(condition.conditions, found);
  }
}

/** The attribute with what the condition looks for, nearly that, and what it does not expect. */
function contextsFor({ attribute, values }: AttributeCondition): readonly EvaluationContext[] {
  const first = values[0] ?? 'x';
  const text = String(first);
  const letter = /[a-z0-9]/i.exec(text)?.[0] ?? 'a';
  const tried: readonly unknown[] = [
    first,
    values.at(-1),
    [first, null, {}, []],
    text.toUpperCase(),
    `${text}\u0000`,
    `${letter.repeat(LONG - 1)}!`,
    text.repeat(Math.ceil(LONG / Math.max(1, text.length))).slice(0, LONG),
    typeof first === 'number' ? text : 0,
    Number.MAX_VALUE,
    -0,
    true,
    null,
    { [attribute]: first },
  ];
  return tried.flatMap((value) => [
    { targetingKey: 'user-1', [attribute]: value },
    ...(attribute.includes('.') ? [walked(attribute.split('.'), value)] : []),
  ]);
}

function walked(steps: readonly string[], value: unknown): EvaluationContext {
  return steps.reduceRight<unknown>((below, step) => ({ [step]: below }), value) as EvaluationContext;
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { nested: value };
  return value;
}
