import { grantWords, sortGrants } from '../../api/grant-words.ts';
import { useGrantNames } from '../../api/queries/grant-names.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import type { FoundPerson, Refetch } from './found-person.ts';
import { GrantsEditor } from './grants-editor.tsx';
import { usePersonGrants } from './use-person-grants.ts';

export interface PersonGrantsProps {
  readonly found: FoundPerson;
  readonly refetch: Refetch;
}

/** The roles of a person, in what the person at the screen administers. */
export function PersonGrants({ found, refetch }: PersonGrantsProps) {
  const { form, isChanged, theirs, undo } = usePersonGrants(found, refetch);
  return (
    <form {...form.props} className="flex flex-col gap-3">
      {form.failure !== null && <ErrorNote failure={form.failure} />}
      {theirs !== null && <Theirs found={theirs} onTake={undo} />}
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
        {isChanged ? (
          <Button tone="ghost" onClick={undo}>
            Undo
          </Button>
        ) : (
          <span className="text-sm text-faint">Nothing is changed yet.</span>
        )}
      </div>
    </form>
  );
}

function Theirs({ found: { person }, onTake }: { readonly found: FoundPerson; readonly onTake: () => void }) {
  const names = useGrantNames(person.grants);
  const words = sortGrants(person.grants).map((grant) => grantWords(grant, names));
  return (
    <Callout
      tone="warn"
      title="Somebody else changed this person while you were editing"
      action={
        <Button size="sm" onClick={onTake}>
          Take theirs
        </Button>
      }
    >
      <span role="alert">
        The roles are now: {words.length === 0 ? 'none' : words.join(' · ')}. Save again to put yours in their place.
      </span>
    </Callout>
  );
}
