import { Plus } from 'lucide-react';
import { useId } from 'react';
import { Button } from '../../ui/button.tsx';
import { GrantRowEditor } from './grant-row-editor.tsx';
import { checkRows, type GrantAction, type GrantRow, idleRows, stepRows } from './grants-draft.ts';
import { usePlaces } from './use-places.ts';

export interface GrantsEditorProps {
  readonly legend: string;
  readonly hint?: string | undefined;
  readonly rows: readonly GrantRow[];
  readonly onChange: (rows: readonly GrantRow[]) => void;
  /** What is wrong with the whole of it; also shows what is wrong with each row. */
  readonly error?: string | undefined;
  /** Said where there is no row. */
  readonly empty?: string | undefined;
}

/** Gives roles: each row is a role and where it holds. Offers only what the person at the screen administers. */
export function GrantsEditor({
  legend,
  hint,
  rows,
  onChange,
  error,
  empty = 'No role: nothing can be seen.',
}: GrantsEditorProps) {
  const note = useId();
  const { own, places } = usePlaces();
  const problems = error === undefined ? new Map<number, string>() : checkRows(rows);
  const idle = idleRows(rows);
  const step = (action: GrantAction) => onChange(stepRows(rows, action));
  return (
    <fieldset aria-describedby={note} className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      {rows.length === 0 && <p className="rounded-lg border border-dashed px-3 py-2.5 text-faint">{empty}</p>}
      {rows.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-lg border">
          {rows.map((row, at) => (
            <GrantRowEditor
              key={row.id}
              row={row}
              name={`role ${at + 1}`}
              places={places}
              own={own}
              onRole={(role) => step({ do: 'set role', id: row.id, role })}
              onPlace={(place) => step({ do: 'set place', id: row.id, place })}
              onRemove={() => step({ do: 'remove', id: row.id })}
              problem={problems.get(row.id)}
              note={idle.get(row.id)}
            />
          ))}
        </ul>
      )}
      <Button size="sm" tone="ghost" icon={Plus} onClick={() => step({ do: 'add' })} className="self-start">
        Add a role
      </Button>
      <div id={note} className="text-sm">
        {hint !== undefined && <p className="text-faint">{hint}</p>}
        {error !== undefined && <p className="text-danger-text">{error}</p>}
      </div>
    </fieldset>
  );
}
