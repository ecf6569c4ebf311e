import { useState } from 'react';
import type { Grant } from '../../api/openapi.d.ts';
import { checkRows, grantsOf, rowsOf } from './grants-draft.ts';
import { GrantsEditor } from './grants-editor.tsx';

export interface GrantsFieldProps {
  readonly legend: string;
  readonly hint?: string | undefined;
  /** What stands there at first. */
  readonly initial: readonly Grant[];
  /** Null while a row is not complete. */
  readonly onChange: (grants: readonly Grant[] | null) => void;
  readonly error?: string | undefined;
  readonly empty?: string | undefined;
}

/** The roles editor for forms of other pages, which know grants and no rows. */
export function GrantsField({ initial, onChange, ...rest }: GrantsFieldProps) {
  const [rows, setRows] = useState(() => rowsOf(initial));
  return (
    <GrantsEditor
      {...rest}
      rows={rows}
      onChange={(next) => {
        setRows(next);
        onChange(checkRows(next).size === 0 ? grantsOf(next) : null);
      }}
    />
  );
}
