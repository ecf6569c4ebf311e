/** OpenFeature's context as the evaluator reads it. */
import type { EvaluationContext } from '@flaghoist/evaluator';
import type { EvaluationContext as OpenFeatureContext } from '@openfeature/server-sdk';

/** Deeper than any attribute path reaches; a context that contains itself ends here. */
const MAX_DEPTH = 16;

/**
 * The same object when it is JSON already; otherwise a copy of what holds a Date, with ISO texts in their place. Never
 * throws: what cannot be read (a getter or proxy that throws) is handed on for the evaluator to judge.
 */
export function toEvaluationContext(context: OpenFeatureContext): EvaluationContext {
  try {
    return convert(context, 0) as EvaluationContext;
  } catch {
    return context;
  }
}

function convert(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return Array.isArray(value) ? convertList(value, depth) : convertObject(value, depth);
}

function convertList(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const converted = convert(list[i], depth + 1);
    if (converted === list[i]) continue;
    copy ??= [...list];
    copy[i] = converted;
  }
  return copy ?? list;
}

function convertObject(object: object, depth: number): object {
  let changed: Map<string, unknown> | null = null;
  for (const name in object) {
    const value: unknown = (object as Record<string, unknown>)[name];
    if (typeof value !== 'object') continue;
    const converted = convert(value, depth + 1);
    if (converted !== value) (changed ??= new Map()).set(name, converted);
  }
  if (changed === null) return object;
  // `fromEntries` makes own members, also of one that is called `__proto__`.
  return Object.fromEntries([...Object.entries(object), ...changed]);
}
