/** Pure decisions on segments. */
import { checkSegment, type Condition, type Segment } from '@flaghoist/evaluator';
import type { SegmentEdit } from '@flaghoist/protocol/management';
import { checkedOr } from '../../platform/entity-check.ts';

export function editSegment(before: Segment, edit: SegmentEdit, at = '$'): Segment {
  return checkedOr(checkSegment(clean({ ...before, ...edit })), at, `Segment ${before.key}`);
}

/** The one text of a segment leaves out what is empty. */
function clean(
  segment: { readonly [member in keyof Segment]?: unknown } & {
    readonly included?: readonly string[];
    readonly excluded?: readonly string[];
    readonly conditions?: readonly unknown[];
  },
): object {
  const { key, included = [], excluded = [], conditions = [] } = segment;
  return {
    key,
    ...(included.length > 0 ? { included } : {}),
    ...(excluded.length > 0 ? { excluded } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** Keys of the segments that conditions refer to. */
export function segmentsIn(conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap((condition) => {
    if ('segment' in condition) return [condition.segment];
    return 'group' in condition ? segmentsIn(condition.conditions) : [];
  });
}
