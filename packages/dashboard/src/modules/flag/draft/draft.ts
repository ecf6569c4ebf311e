/** Unsaved edits of one configuration: what they began from, what they come to, and the way back. */
import { type Action, subjectOf } from './actions.ts';
import { applyAction } from './apply-action.ts';
import type { Configuration } from './configuration.ts';
import { mergeConfigurations } from '../merge/merge.ts';
import { isSame } from './same.ts';

export interface Draft {
  /** What is saved, as far as this page knows, and the revision that saved it. */
  readonly base: Configuration;
  readonly revision: number;
  readonly present: Configuration;
  readonly past: readonly Configuration[];
  readonly future: readonly Configuration[];
  /** The subject of the last step while it may still go on (typing, dragging); null: the next step stands by itself. */
  readonly going: string | null;
}

export type DraftEvent =
  /** `typing`: with others of the same subject right before and after, one step to undo. */
  | { readonly event: 'edit'; readonly action: Action; readonly typing?: boolean }
  | { readonly event: 'settle' }
  | { readonly event: 'undo' }
  | { readonly event: 'redo' }
  | { readonly event: 'discard' }
  /**
   * `onto` is saved now instead of `from`, which the edits began from or were sent as: what was edited since stands on top of
   * it. Where both changed the same, what is saved counts; ask before where that matters.
   */
  | {
      readonly event: 'land';
      readonly from: Configuration;
      readonly onto: Configuration;
      readonly revision: number;
    }
  /** Something else is saved now. `present`: what the edits come to on top of it; absent: there are none. */
  | {
      readonly event: 'rebase';
      readonly base: Configuration;
      readonly revision: number;
      readonly present?: Configuration;
    };

/** Enough for an afternoon; the steps share what they did not change. */
const MOST_STEPS = 200;

export function beginDraft(base: Configuration, revision: number): Draft {
  return { base, revision, present: base, past: [], future: [], going: null };
}

export function stepDraft(draft: Draft, event: DraftEvent): Draft {
  switch (event.event) {
    case 'edit':
      return edit(draft, event.action, event.typing === true);
    case 'settle':
      return draft.going === null ? draft : { ...draft, going: null };
    case 'undo': {
      const before = draft.past.at(-1);
      if (before === undefined) return draft;
      const future = [draft.present, ...draft.future];
      return { ...draft, present: before, past: draft.past.slice(0, -1), future, going: null };
    }
    case 'redo': {
      const [next, ...future] = draft.future;
      if (next === undefined) return draft;
      return { ...draft, present: next, past: [...draft.past, draft.present], future, going: null };
    }
    case 'discard':
      return isDirty(draft) ? stepTo(draft, draft.base) : draft;
    case 'land': {
      const { merged } = mergeConfigurations(event.from, draft.present, event.onto);
      return rebase(draft, { event: 'rebase', base: event.onto, revision: event.revision, present: merged });
    }
    case 'rebase':
      return rebase(draft, event);
  }
}

/** By value: edits that were taken back by hand leave nothing to save. */
export function isDirty({ base, present }: Draft): boolean {
  return !isSame(base, present);
}

function edit(draft: Draft, action: Action, typing: boolean): Draft {
  const present = applyAction(draft.present, action);
  if (isSame(present, draft.present)) return draft;
  const subject = subjectOf(action);
  if (typing && draft.going === subject) return { ...draft, present, future: [] };
  return { ...stepTo(draft, present), going: typing ? subject : null };
}

function stepTo(draft: Draft, present: Configuration): Draft {
  return { ...draft, present, past: [...draft.past, draft.present].slice(-MOST_STEPS), future: [], going: null };
}

/** Steps before a merge lead back to states that would undo what others saved, so they go. */
function rebase(draft: Draft, { base, revision, present }: Extract<DraftEvent, { readonly event: 'rebase' }>): Draft {
  const begun = beginDraft(base, revision);
  return present === undefined || isSame(base, present) ? begun : { ...begun, present, past: [base] };
}
