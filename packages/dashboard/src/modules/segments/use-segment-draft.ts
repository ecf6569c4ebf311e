import { checkSegment } from '@flaghoist/evaluator';
import { useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useEffect, useMemo, useReducer, useState } from 'react';
import type { Segment } from '../../api/openapi.d.ts';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { segmentQuery, useEditSegment } from '../../api/queries/segments.ts';
import type { Failure } from '../../ui/error-note.tsx';
import { TriedFirst } from '../../api/tried.ts';
import { showToast } from '../../ui/toast.tsx';
import {
  beginSegment,
  conditionsConflict,
  planEdit,
  planText,
  type SegmentDraft,
  stepSegment,
} from './segment-draft.ts';

/** What somebody else saved meanwhile. `conditions`: both edited them, so somebody has to choose. */
export interface Conflict {
  readonly kind: 'keys' | 'conditions';
  readonly theirs: Segment;
}

/** The edits of one segment: begun on what is saved, put on top of what others save, and saved as one change. */
export function useSegmentDraft(
  project: string,
  environment: { readonly key: string; readonly name: string },
  saved: Segment,
) {
  const [draft, step] = useReducer(stepSegment, saved, (first) => beginSegment(first, first.revision));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refused, setRefused] = useState<{ readonly [id: number]: string }>({});
  const edit = useEditSegment(project, environment.key, saved.key);
  const client = useQueryClient();
  const plan = useMemo(() => planEdit(draft), [draft]);
  const checked = useMemo(() => checkRows(saved.key, draft), [saved.key, draft]);
  const isDirty = plan.edit !== null;
  useBlocker({
    shouldBlockFn: () => isDirty && !edit.isPending && !window.confirm('Leave without saving this segment?'),
    enableBeforeUnload: isDirty,
  });

  useEffect(() => {
    if (saved.revision <= draft.revision) return;
    if (isDirty) setConflict({ kind: conditionsConflict(draft, saved) ? 'conditions' : 'keys', theirs: saved });
    step({ event: 'rebase', base: saved, revision: saved.revision });
  }, [saved, draft, isDirty]);

  async function save(reason: string): Promise<void> {
    if (plan.edit === null) return;
    setFailure(null);
    setRefused({});
    if (Object.keys(plan.problems).length > 0 || Object.keys(checked).length > 0)
      return setFailure({ title: 'A condition is not ready', detail: 'What is missing is said beside it.' });
    try {
      const { included, excluded, conditions } = plan.edit;
      const body = {
        ...(included === undefined ? {} : { included: [...included] }),
        ...(excluded === undefined ? {} : { excluded: [...excluded] }),
        ...(conditions === undefined ? {} : { conditions: [...conditions] }),
      };
      const now = await edit.mutateAsync({ revision: draft.revision, reason, body });
      step({ event: 'saved', base: now, revision: now.revision });
      setConflict(null);
      showToast({ title: `Saved in ${environment.name}: ${planText(plan)}`, tone: 'on' });
    } catch (error) {
      if (error instanceof TriedFirst) {
        step({ event: 'discard' });
        showToast({ ...failureOf(error), tone: 'on', timeoutMs: 12_000 });
      } else if (error instanceof ApiProblem && error.code === 'precondition_failed') {
        // What is saved now comes as `saved`, and the edits are put on top of it.
        await client.invalidateQueries({ queryKey: segmentQuery(project, environment.key, saved.key).queryKey });
      } else {
        setRefused(refusedRows(error, draft));
        setFailure(failureOf(error));
      }
    }
  }

  /** Ends the conflict: with the edits as they stand, or with what the other saved. */
  function settle(choice: 'mine' | 'theirs'): void {
    if (choice === 'theirs') step({ event: 'discard' });
    setConflict(null);
  }

  return {
    draft,
    step,
    plan,
    problems: { ...checked, ...plan.problems, ...refused },
    conflict,
    settle,
    failure,
    isSaving: edit.isPending,
    save,
  };
}

/** What the evaluator's own check says, by row. Rows that are not JSON say so themselves. */
function checkRows(key: string, draft: SegmentDraft): { readonly [id: number]: string } {
  const problems: Record<number, string> = {};
  for (const row of draft.rows.rows) {
    const condition = row.kind === 'attribute' ? row.condition : parsed(row.text);
    if (condition === undefined) continue;
    const result = checkSegment({ key, conditions: [condition] });
    if (!result.ok) problems[row.id] = result.problems.map(({ message }) => message).join(' ');
  }
  return problems;
}

function refusedRows(error: unknown, draft: SegmentDraft): { readonly [id: number]: string } {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(
    error.errors.flatMap(({ path, message }) => {
      const at = /^\$\.conditions\[(\d+)\]/.exec(path)?.[1];
      const row = at === undefined ? undefined : draft.rows.rows[Number(at)];
      return row === undefined ? [] : [[row.id, message] as const];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
