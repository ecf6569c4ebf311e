import type { Dispatch, RefObject } from 'react';
import { useShortcut } from '../../ui/shortcuts.tsx';
import type { FlagRowsHandle } from './flag-rows.tsx';
import { type Selection, type SelectionEvent, stepSelection } from './selection.ts';

export interface ListKeys {
  readonly selection: Selection;
  readonly step: Dispatch<SelectionEvent>;
  readonly rows: RefObject<FlagRowsHandle | null>;
  readonly keys: RefObject<readonly (string | undefined)[]>;
  /** Rows that are loaded. */
  readonly total: number;
}

/** The keyboard in the list. The focus itself moves, so Enter opens a row as it opens any link. Answers what moves it. */
export function useListKeys({ selection, step, rows, keys, total }: ListKeys): (by: number) => void {
  const move = (by: number): void => {
    const event = { event: 'move', by, rows: total } as const;
    const { cursor } = stepSelection(selection, event);
    step(event);
    if (cursor !== null) rows.current?.focusRow(cursor);
  };
  useShortcut({ keys: 'j', label: 'Next flag (or ↓)', group: 'List' }, () => move(1));
  useShortcut({ keys: 'k', label: 'Flag before (or ↑)', group: 'List' }, () => move(-1));
  useShortcut({ keys: 'x', label: 'Select the flag', group: 'List', disabled: selection.cursor === null }, () =>
    select(false),
  );
  useShortcut(
    { keys: 'shift+x', label: 'Select all up to the flag', group: 'List', disabled: selection.cursor === null },
    () => select(true),
  );
  useShortcut({ keys: 'escape', label: 'Select none', group: 'List', disabled: selection.chosen.size === 0 }, () =>
    step({ event: 'clear' }),
  );
  function select(range: boolean): void {
    if (selection.cursor !== null) step({ event: 'toggle', at: selection.cursor, range, keys: keys.current });
  }
  return move;
}
