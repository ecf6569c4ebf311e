/** Which flags are selected, and where the keyboard stands in the list. */

export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** The row the keyboard is at; null before the first key. */
  readonly cursor: number | null;
  /** Where the last single selection was made, for ranges. */
  readonly anchor: number | null;
}

export type SelectionEvent =
  | { readonly event: 'move'; readonly by: number; readonly rows: number }
  | { readonly event: 'moveTo'; readonly at: number }
  /** `range`: everything from the last one on, as with Shift. Rows that are not loaded have no key. */
  | {
      readonly event: 'toggle';
      readonly at: number;
      readonly keys: readonly (string | undefined)[];
      readonly range: boolean;
    }
  | { readonly event: 'chooseAll'; readonly keys: readonly string[] }
  | { readonly event: 'clear' }
  /** Another view: what it does not hold cannot stay selected unseen. */
  | { readonly event: 'reset' };

export const NOTHING_SELECTED: Selection = { chosen: new Set(), cursor: null, anchor: null };

export function stepSelection(selection: Selection, event: SelectionEvent): Selection {
  switch (event.event) {
    case 'move':
      return { ...selection, cursor: moved(selection.cursor, event.by, event.rows) };
    case 'moveTo':
      return selection.cursor === event.at ? selection : { ...selection, cursor: event.at };
    case 'toggle':
      return toggle(selection, event);
    case 'chooseAll':
      return { ...selection, chosen: new Set(event.keys), anchor: null };
    case 'clear':
      return { ...selection, chosen: NOTHING_SELECTED.chosen, anchor: null };
    case 'reset':
      return NOTHING_SELECTED;
  }
}

function moved(cursor: number | null, by: number, rows: number): number | null {
  if (rows === 0) return null;
  if (cursor === null) return by > 0 ? 0 : rows - 1;
  return Math.min(rows - 1, Math.max(0, cursor + by));
}

function toggle(
  selection: Selection,
  { at, keys, range }: Extract<SelectionEvent, { readonly event: 'toggle' }>,
): Selection {
  const key = keys[at];
  if (key === undefined) return selection;
  const chosen = new Set(selection.chosen);
  if (range && selection.anchor !== null) {
    const [from, to] = selection.anchor < at ? [selection.anchor, at] : [at, selection.anchor];
    for (const one of keys.slice(from, to + 1)) if (one !== undefined) chosen.add(one);
  } else if (!chosen.delete(key)) chosen.add(key);
  return { chosen, cursor: at, anchor: at };
}
