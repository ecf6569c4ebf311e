import { useEffect, useState } from 'react';
import { formFailure } from '../../api/form-failure.ts';
import { grantWords, sortGrants } from '../../api/grant-words.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useGrantNames } from '../../api/queries/grant-names.ts';
import { useEditPerson } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { showToast } from '../../ui/toast.tsx';
import { useForm } from '../../ui/use-form.ts';
import { checkRows, grantsOf, isSameGrants, rowsOf } from './grants-draft.ts';
import { GrantsEditor } from './grants-editor.tsx';
import type { FoundPerson, PersonEditorProps } from './person-editor.tsx';

/** The roles of a person, in what the person at the screen administers. What was read when editing began is what an edit is made on. */
export function PersonGrants({ found, refetch }: PersonEditorProps) {
  const edit = useEditPerson(found.person.id);
  const [base, setBase] = useState(found);
  /** Somebody else was faster: what they made of it. */
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
      const fresh = await refetch();
      if (fresh !== null) take(fresh);
      showToast({ title: `${found.person.name}’s roles are saved`, tone: 'on' });
      return undefined;
    },
    explain: (error) => formFailure(error, { grants: '$.grants' }),
  });
  const names = useGrantNames(theirs?.person.grants ?? []);
  const isChanged =
    !isSameGrants(grantsOf(form.values.grants), base.person.grants) || checkRows(form.values.grants).size > 0;

  useEffect(() => {
    if (found.etag !== base.etag && !isChanged && theirs === null) take(found);
  });

  function take(fresh: FoundPerson): void {
    setBase(fresh);
    setTheirs(null);
    form.reset({ grants: rowsOf(sortGrants(fresh.person.grants)) });
  }

  return (
    <form {...form.props} className="flex flex-col gap-3">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      {theirs !== null && (
        <Callout
          tone="warn"
          title="Somebody else changed this person while you were editing"
          action={
            <Button size="sm" onClick={() => take(theirs)}>
              Take theirs
            </Button>
          }
        >
          <span role="alert">
            The roles are now:{' '}
            {theirs.person.grants.length === 0
              ? 'none'
              : sortGrants(theirs.person.grants)
                  .map((grant) => grantWords(grant, names))
                  .join(' · ')}
            . Save again to put yours in their place.
          </span>
        </Callout>
      )}
      <GrantsEditor
        legend="Roles"
        hint="Only roles in what you administer are shown and changed."
        rows={form.values.grants}
        onChange={form.set('grants')}
        error={form.errors.grants}
      />
      <div className="flex items-center gap-2">
        <Button type="submit" tone="primary" loading={form.isSending} disabled={!isChanged}>
          Save the roles
        </Button>
        {isChanged && (
          <Button tone="ghost" onClick={() => take(base)}>
            Undo
          </Button>
        )}
      </div>
    </form>
  );
}
