/** The evaluation context out of a request's body. */
import type { EvaluationContext } from '@flaghoist/evaluator';

export interface ContextLimits {
  /** Levels of objects and lists, the context being the first. */
  readonly contextDepth: number;
  /** Members of the context and of all objects in it, together. */
  readonly contextKeys: number;
}

export type ContextResult =
  | { readonly ok: true; readonly context: EvaluationContext }
  | { readonly ok: false; readonly details: string };

const EMPTY: ContextResult = { ok: true, context: {} };

/**
 * A body `{"context": {...}}`; other members are ignored. No body, no context and null are the empty context: providers
 * whose application has none send each of them. The media type does not matter, what counts is whether the JSON parses.
 */
export function parseContext(body: Buffer, limits: ContextLimits): ContextResult {
  if (body.length === 0) return EMPTY;
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return refuse('The body is not JSON.');
  }
  if (value === null) return EMPTY;
  if (!isObject(value)) return refuse('The body is not an object with a member "context".');
  const context = Object.hasOwn(value, 'context') ? value['context'] : undefined;
  if (context === undefined || context === null) return EMPTY;
  if (!isObject(context)) return refuse('The member "context" is not an object.');
  const { contextDepth, contextKeys } = limits;
  const left = countDown(context, contextDepth, contextKeys);
  if (left === 'deep') return refuse(`The context has more than ${contextDepth} levels.`);
  if (left < 0) return refuse(`The context has more than ${contextKeys} members.`);
  return { ok: true, context };
}

/** How many members may still follow. No list of an object's values is made: that took longer than going through it. */
function countDown(value: object, levels: number, members: number): number | 'deep' {
  if (levels === 0) return 'deep';
  let left: number | 'deep' = members;
  if (Array.isArray(value)) {
    for (const item of value) {
      left = countInside(item, levels, left);
      if (left === 'deep' || left < 0) return left;
    }
    return left;
  }
  // What JSON.parse makes has no members but its own.
  for (const name in value) {
    left = countInside(value[name as keyof typeof value], levels, left - 1);
    if (left === 'deep' || left < 0) return left;
  }
  return left;
}

function countInside(item: unknown, levels: number, members: number): number | 'deep' {
  return typeof item === 'object' && item !== null && members >= 0 ? countDown(item, levels - 1, members) : members;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(details: string): ContextResult {
  return { ok: false, details };
}
