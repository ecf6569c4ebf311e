/** Attributes of an evaluation context, addressed by path. */
import { createIntern } from '../rulesets/intern.ts';
import type { Moment } from '../model.ts';

/** An evaluation context as the evaluator reads it: any object that is not an array. */
export type Attributes = { readonly [name: string]: unknown };

export interface Attribute {
  readonly path: string;
  readonly from: 'context' | 'now' | 'random';
  /** The names between the dots; null when there is no dot. */
  readonly steps: readonly string[] | null;
}

/** The paths that the moment answers, not the context. No other path begins with `$`. */
export const RESERVED_PATHS: ReadonlyMap<string, Attribute['from']> = /* @__PURE__ */ new Map([
  ['$now', 'now'],
  ['$random', 'random'],
]);

/** The same object for the same path, as a rule. */
export const prepareAttribute: (path: string) => Attribute = /* @__PURE__ */ createIntern((path) => {
  return { path, from: RESERVED_PATHS.get(path) ?? 'context', steps: path.includes('.') ? path.split('.') : null };
});

export const TARGETING_KEY: Attribute = prepareAttribute('targetingKey');

/**
 * The value of an attribute, undefined when the context, or the moment, has none.
 *
 * Only own members count. A member of the context whose name is the whole path wins over the walk; the walk goes
 * through objects, never into arrays.
 */
export function readAttribute(attributes: Attributes, attribute: Attribute, moment: Moment | null): unknown {
  if (attribute.from !== 'context') return moment?.[attribute.from];
  if (Object.hasOwn(attributes, attribute.path)) return attributes[attribute.path];
  return attribute.steps === null ? undefined : walk(attributes, attribute.steps);
}

function walk(attributes: Attributes, steps: readonly string[]): unknown {
  let value: unknown = attributes;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Attributes)[step];
  }
  return value;
}
