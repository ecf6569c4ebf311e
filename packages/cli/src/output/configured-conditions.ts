/** Which condition of the configuration a trace is of: a trace names it by its path alone. */
import type { Condition, ConditionTrace } from '@flaghoist/evaluator';
import { isObject, type JsonObject } from '../input/json-input.ts';

/** What a condition stands in, and its path is of. */
export interface Owner {
  readonly kind: 'flag' | 'segment';
  readonly key: string;
}

/** Flag configurations and segments, by `ownerName`, as far as they are known. */
export type Owners = ReadonlyMap<string, unknown>;

export function ownerName({ kind, key }: Owner): string {
  return `${kind} ${key}`;
}

/** The condition that was traced; undefined when it is not known, or when another one stands at its path now. */
export function findCondition(owners: Owners, owner: Owner, trace: ConditionTrace): Condition | undefined {
  // A newer server may send traces of other kinds, which need not have a path.
  const { path }: { readonly path?: string } = trace;
  const found = valueAt(owners.get(ownerName(owner)), path ?? '');
  return isObject(found) && isTraced(found, trace) ? (found as unknown as Condition) : undefined;
}

/** What stands at a path such as `$.rules[0].conditions[1]`. */
function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const [, member, index] of path.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, member ?? '') ? value[member ?? ''] : undefined;
  }
  return value;
}

/** Whether a condition can have left this trace, from all that both of them say. */
function isTraced(condition: JsonObject, trace: ConditionTrace): boolean {
  switch (trace.condition) {
    case 'attribute':
      return agree(condition, trace, ['attribute', 'operator']) && Array.isArray(condition['values']);
    case 'bucket': {
      const { bucket, of } = condition;
      const { algorithm, of: precision } = trace.bucket;
      return (
        agree(condition, trace, ['from', 'to']) &&
        isObject(bucket) &&
        bucket['algorithm'] === algorithm &&
        of === precision
      );
    }
    case 'segment':
      return agree(condition, trace, ['segment']);
    case 'group':
      return condition['group'] === trace.group && Array.isArray(condition['conditions']);
    default:
      return false;
  }
}

function agree<T extends { readonly negate: boolean }>(
  condition: JsonObject,
  trace: T,
  members: readonly (keyof T & string)[],
): boolean {
  const isNegated = condition['negate'] === true;
  return isNegated === trace.negate && members.every((member) => condition[member] === trace[member]);
}
