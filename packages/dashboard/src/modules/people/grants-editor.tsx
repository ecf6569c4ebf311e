import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useId } from 'react';
import { projectsQuery } from '../../api/queries/projects.ts';
import { sessionQuery } from '../../api/queries/session.ts';
import { Button } from '../../ui/button.tsx';
import type { Option } from '../../ui/option.ts';
import { GrantRowEditor, INSTALLATION } from './grant-row-editor.tsx';
import { checkRows, type GrantAction, type GrantRow, idleRows, stepRows } from './grants-draft.ts';
import { administersInstallation, placesToGive } from './places.ts';

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
  const own = useQuery(sessionQuery).data?.grants ?? [];
  const projects = useQuery(projectsQuery).data ?? [];
  const problems = error === undefined ? new Map<number, string>() : checkRows(rows);
  const idle = idleRows(rows);
  const step = (action: GrantAction) => onChange(stepRows(rows, action));
  const places: readonly Option[] = [
    ...(administersInstallation(own)
      ? [{ value: INSTALLATION, label: 'Every project', hint: 'Also those that are made later' }]
      : []),
    ...placesToGive(own, projects).map(({ key, name }) => ({
      value: key,
      label: name,
      hint: name === key ? undefined : key,
    })),
  ];
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
              number={at + 1}
              places={places}
              own={own}
              step={step}
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
