/** What every part of the editor needs and none of them changes: it stays the same object while one types. */
import type { FlagType } from '@flaghoist/evaluator';
import { createContext, useContext } from 'react';
import type { Action } from '../draft/actions.ts';

export interface Editing {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  readonly type: FlagType;
  /** In the flag's order. */
  readonly variants: readonly string[];
  /** The person may look, not change. */
  readonly readOnly: boolean;
  /** `typing`: part of one stretch, undone at once. */
  readonly edit: (action: Action, typing?: boolean) => void;
  /** Ends a stretch of typing or dragging. */
  readonly settle: () => void;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === null) throw new Error('this part stands outside of the editor');
  return editing;
}
