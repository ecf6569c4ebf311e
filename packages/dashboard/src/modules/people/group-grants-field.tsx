import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { GrantRowEditor } from './grant-row-editor.tsx';
import {
  checkGroupRows,
  type GroupAction,
  type GroupGrant,
  groupGrantsOf,
  groupRowsOf,
  stepGroupRows,
} from './group-rows.ts';
import { usePlaces } from './use-places.ts';

export interface GroupGrantsFieldProps {
  readonly initial: readonly GroupGrant[];
  /** Null while a row is not complete. */
  readonly onChange: (grants: readonly GroupGrant[] | null) => void;
  /** Also shows what is wrong with each row. */
  readonly error?: string | undefined;
}

/** Gives roles to the members of a provider's groups. */
export function GroupGrantsField({ initial, onChange, error }: GroupGrantsFieldProps) {
  const [rows, setRows] = useState(() => groupRowsOf(initial));
  const { own, places } = usePlaces();
  const problems = error === undefined ? null : checkGroupRows(rows);
  const step = (action: GroupAction) => {
    const next = stepGroupRows(rows, action);
    setRows(next);
    onChange(checkGroupRows(next).size === 0 ? groupGrantsOf(next) : null);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">Roles by group</legend>
      {rows.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-lg border">
          {rows.map((row, at) => (
            <GrantRowEditor
              key={row.id}
              row={row}
              name={`role ${at + 1} by group`}
              places={places}
              own={own}
              onRole={(role) => step({ do: 'edit', id: row.id, change: { role } })}
              onPlace={(place) => step({ do: 'edit', id: row.id, change: { place } })}
              onRemove={() => step({ do: 'remove', id: row.id })}
              problem={problems?.get(row.id)?.place}
              note={undefined}
              lead={
                <Field label="Group" error={problems?.get(row.id)?.group}>
                  <TextInput
                    value={row.group}
                    onChange={(group) => step({ do: 'edit', id: row.id, change: { group } })}
                    mono
                    maxLength={256}
                    spellCheck={false}
                    autoCapitalize="off"
                  />
                </Field>
              }
            />
          ))}
        </ul>
      )}
      <Button size="sm" tone="ghost" icon={Plus} onClick={() => step({ do: 'add' })} className="self-start">
        Add a group
      </Button>
      {error !== undefined && <p className="text-sm text-danger-text">{error}</p>}
    </fieldset>
  );
}
