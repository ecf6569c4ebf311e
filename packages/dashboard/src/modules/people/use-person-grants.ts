import { useEffect, useState } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import { sortGrants } from '../../api/grant-words.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useEditPerson } from '../../api/queries/people.ts';
import { fieldErrors } from '../../ui/form-state.ts';
import { showToast } from '../../ui/toast.tsx';
import { type Form, useForm } from '../../ui/use-form.ts';
import type { FoundPerson, Refetch } from './found-person.ts';
import { checkRows, type GrantRow, grantsOf, isSameGrants, rowsOf } from './grants-draft.ts';

export interface PersonGrantsForm {
  readonly form: Form<{ readonly grants: readonly GrantRow[] }>;
  readonly isChanged: boolean;
  /** Somebody else was faster: what they made of it. */
  readonly theirs: FoundPerson | null;
  /** Begins anew with what somebody else made of it, or with what was there. */
  readonly undo: () => void;
}

/** Edits the roles of a person. An edit is made on what was read when editing began, so that nobody's work is lost unseen. */
export function usePersonGrants(found: FoundPerson, refetch: Refetch): PersonGrantsForm {
  const edit = useEditPerson(found.person.id);
  const [base, setBase] = useState(found);
  const [theirs, setTheirs] = useState<FoundPerson | null>(null);
  const form = useForm({
    initial: { grants: rowsOf(sortGrants(found.person.grants)) },
    check: ({ grants }) => fieldErrors({ grants: checkRows(grants).size === 0 ? null : 'Complete the roles above.' }),
    send: async ({ grants }) => {
      const body = { grants: [...grantsOf(grants)] };
      try {
        await edit.mutateAsync({ etag: base.etag, body });
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'precondition_failed') throw error;
        const now = await refetch();
        if (now === null) throw error;
        if (!isSameGrants(now.person.grants, base.person.grants)) {
          setBase(now);
          return setTheirs(now);
        }
        // Something else about the person changed: that is no reason to ask.
        await edit.mutateAsync({ etag: now.etag, body });
      }
      showToast({ title: `${found.person.name}’s roles are saved`, tone: 'on' });
      const fresh = await refetch();
      if (fresh !== null) take(fresh);
      return undefined;
    },
    explain: (error) => formFailure(error, { grants: '$.grants' }),
  });
  const { grants: rows } = form.values;
  const isChanged = !isSameGrants(grantsOf(rows), base.person.grants) || checkRows(rows).size > 0;

  useEffect(() => {
    if (found.etag !== base.etag && !isChanged && theirs === null) take(found);
  });

  function take(fresh: FoundPerson): void {
    setBase(fresh);
    setTheirs(null);
    form.reset({ grants: rowsOf(sortGrants(fresh.person.grants)) });
  }

  return { form, isChanged, theirs, undo: () => take(base) };
}
