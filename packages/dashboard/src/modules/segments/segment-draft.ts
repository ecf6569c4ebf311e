/** Unsaved edits of a segment: what they began from, what they come to, and what a save would send. */
import { type RowEvent, type Rows, stepRows, toConditions, toRows } from './conditions.ts';

/** As much of a segment as is edited. */
export interface SegmentContent {
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly conditions: readonly unknown[];
}

export type KeyList = 'included' | 'excluded';

export interface SegmentDraft {
  /** What is saved, as far as this page knows, and the revision that saved it. */
  readonly base: SegmentContent;
  readonly revision: number;
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly rows: Rows;
}

export type SegmentEvent =
  | { readonly event: 'addKeys'; readonly list: KeyList; readonly keys: readonly string[] }
  | { readonly event: 'removeKeys'; readonly list: KeyList; readonly keys: ReadonlySet<string> }
  | { readonly event: 'rows'; readonly rows: RowEvent }
  | { readonly event: 'discard' }
  /** Something else is saved now: lists that were edited are edited in the same way on top of it. */
  | { readonly event: 'rebase'; readonly base: SegmentContent; readonly revision: number }
  /** It was saved as it stands. */
  | { readonly event: 'saved'; readonly base: SegmentContent; readonly revision: number };

export function beginSegment(base: SegmentContent, revision: number): SegmentDraft {
  return { base, revision, included: base.included, excluded: base.excluded, rows: toRows(base.conditions) };
}

export function stepSegment(draft: SegmentDraft, event: SegmentEvent): SegmentDraft {
  switch (event.event) {
    case 'addKeys': {
      const known = new Set(draft[event.list]);
      return { ...draft, [event.list]: [...draft[event.list], ...event.keys.filter((key) => !known.has(key))] };
    }
    case 'removeKeys':
      return { ...draft, [event.list]: draft[event.list].filter((key) => !event.keys.has(key)) };
    case 'rows':
      return { ...draft, rows: stepRows(draft.rows, event.rows) };
    case 'discard':
      return beginSegment(draft.base, draft.revision);
    case 'rebase':
      return rebase(draft, event.base, event.revision);
    case 'saved':
      return beginSegment(event.base, event.revision);
  }
}

export interface KeyDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function keyDifference(before: readonly string[], after: readonly string[]): KeyDifference {
  if (before === after) return { added: [], removed: [] };
  const [old, now] = [new Set(before), new Set(after)];
  return { added: after.filter((key) => !old.has(key)), removed: before.filter((key) => !now.has(key)) };
}

export interface SegmentEditPlan {
  /** The members that differ: what a PATCH says. Null: nothing is changed. */
  readonly edit: Partial<SegmentContent> | null;
  readonly included: KeyDifference;
  readonly excluded: KeyDifference;
  readonly conditionsDiffer: boolean;
  /** By row id. */
  readonly problems: { readonly [id: number]: string };
}

export function planEdit(draft: SegmentDraft): SegmentEditPlan {
  const included = keyDifference(draft.base.included, draft.included);
  const excluded = keyDifference(draft.base.excluded, draft.excluded);
  const { conditions, problems } = toConditions(draft.rows.rows);
  const conditionsDiffer =
    Object.keys(problems).length > 0 || JSON.stringify(conditions) !== JSON.stringify(draft.base.conditions);
  const differs = ({ added, removed }: KeyDifference) => added.length + removed.length > 0;
  const edit = {
    ...(differs(included) ? { included: draft.included } : {}),
    ...(differs(excluded) ? { excluded: draft.excluded } : {}),
    ...(conditionsDiffer ? { conditions } : {}),
  };
  return { edit: Object.keys(edit).length === 0 ? null : edit, included, excluded, conditionsDiffer, problems };
}

/** `3 keys added, 1 removed, conditions changed` */
export function planText({ included, excluded, conditionsDiffer }: SegmentEditPlan): string {
  const keys = (list: string, { added, removed }: KeyDifference): readonly string[] => [
    ...(added.length > 0 ? [`${added.length.toLocaleString('en')} ${list} added`] : []),
    ...(removed.length > 0 ? [`${removed.length.toLocaleString('en')} ${list} removed`] : []),
  ];
  return [
    ...keys('included', included),
    ...keys('excluded', excluded),
    ...(conditionsDiffer ? ['conditions changed'] : []),
  ].join(', ');
}

/** Both parts edited the conditions: somebody has to choose. */
export function conditionsConflict(draft: SegmentDraft, saved: SegmentContent): boolean {
  const text = JSON.stringify(saved.conditions);
  const isMine = planEdit(draft).conditionsDiffer;
  return (
    isMine &&
    text !== JSON.stringify(draft.base.conditions) &&
    text !== JSON.stringify(toConditions(draft.rows.rows).conditions)
  );
}

function rebase(draft: SegmentDraft, base: SegmentContent, revision: number): SegmentDraft {
  const again = (list: KeyList): readonly string[] => {
    const { added, removed } = keyDifference(draft.base[list], draft[list]);
    if (added.length + removed.length === 0) return base[list];
    const gone = new Set(removed);
    const kept = base[list].filter((key) => !gone.has(key));
    const known = new Set(kept);
    return [...kept, ...added.filter((key) => !known.has(key))];
  };
  const rows = planEdit(draft).conditionsDiffer ? draft.rows : toRows(base.conditions);
  return { base, revision, included: again('included'), excluded: again('excluded'), rows };
}
