/** Pure decisions on segments. */
import { checkSegment, type Condition, type RegexEngine, type Segment } from '@flaghoist/evaluator';
import type { SegmentEdit } from '@flaghoist/protocol/management';
import { checkedOr } from '../../platform/entity-check.ts';
import { refuseSlowPatterns } from './pattern-cost.ts';

export function editSegment(before: Segment, edit: SegmentEdit, regex: RegexEngine, at = '$'): Segment {
  const segment = checkedOr(checkSegment(clean({ ...before, ...edit }), regex), at, `Segment ${before.key}`);
  if (edit.conditions !== undefined)
    refuseSlowPatterns([{ conditions: segment.conditions ?? [], at: `${at}.conditions` }], 'segment');
  return segment;
}

/** The one text of a segment leaves out what is empty. */
function clean(
  segment: { readonly [member in keyof Segment]?: unknown } & {
    readonly included?: readonly string[];
    readonly excluded?: readonly string[];
    readonly conditions?: readonly unknown[];
  },
): object {
  const { key, included = [], excluded = [], includedChunks, excludedChunks, conditions = [] } = segment;
  return {
    key,
    ...(included.length > 0 ? { included } : {}),
    ...(excluded.length > 0 ? { excluded } : {}),
    ...(includedChunks === undefined ? {} : { includedChunks }),
    ...(excludedChunks === undefined ? {} : { excludedChunks }),
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
