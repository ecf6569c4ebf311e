import { wrongUse } from '../command-failure.ts';
import { isObject, type JsonObject, parseJsonObject } from './json-input.ts';
import { splitPair } from './option-values.ts';

export interface ContextOptions {
  readonly context?: string;
  readonly targetingKey?: string;
  readonly set?: readonly string[];
}

/** The context of `evaluate`: the JSON first, then the targeting key, then the single attributes in their order. */
export function evaluationContext(options: ContextOptions): JsonObject {
  let context = options.context === undefined ? {} : parseJsonObject(options.context, '--context');
  if (options.targetingKey !== undefined) context = { ...context, targetingKey: options.targetingKey };
  for (const pair of options.set ?? []) {
    const [path, text] = splitPair(pair, '--set', 'company.plan=pro');
    context = withAttribute(context, path.split('.'), valueOf(text), path);
  }
  return context;
}

/** JSON where it is JSON (`30`, `true`, `["a"]`), otherwise the text itself. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withAttribute(object: JsonObject, path: readonly string[], value: unknown, whole: string): JsonObject {
  const [name = '', ...rest] = path;
  if (name === '') throw wrongUse(`--set ${JSON.stringify(whole)}: a part of the attribute's path is empty.`);
  const below = Object.hasOwn(object, name) ? object[name] : undefined;
  const next = rest.length === 0 ? value : withAttribute(isObject(below) ? below : {}, rest, value, whole);
  // Not a spread with a computed name: `__proto__` must become a plain member.
  return Object.fromEntries([...Object.entries(object).filter(([other]) => other !== name), [name, next]]);
}
