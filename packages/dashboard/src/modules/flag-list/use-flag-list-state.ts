import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useMedia } from '../../ui/use-media.ts';
import type { RowActions } from './flag-row.tsx';
import type { FlagRowsHandle } from './flag-rows.tsx';
import { toFilter, toQuery } from './flag-search.ts';
import { NOTHING_SELECTED, stepSelection } from './selection.ts';
import type { FlagSearchControl } from './use-flag-search.ts';
import { useListCache } from './use-list-cache.ts';
import { useListKeys } from './use-list-keys.ts';
import type { useListView } from './use-list-view.ts';
import { useListedFlags } from './use-listed-flags.ts';
import { useLiveList } from './use-live-list.ts';
import { useToggle } from './use-toggle.ts';

const WIDE_ROW = 60;
const NARROW_ROW = 92;

export type FlagListState = ReturnType<typeof useFlagListState>;

/** What is loaded, what is selected, and what can be done to a row. */
export function useFlagListState(
  project: string,
  { search }: FlagSearchControl,
  { view }: Pick<ReturnType<typeof useListView>, 'view'>,
) {
  const filter = useMemo(() => toFilter(search, view.switched), [search, view.switched]);
  const listed = useListedFlags(project, filter);
  const { flags } = listed;
  const cache = useListCache(project);
  const fresh = useLiveList(cache);
  const { toggle, pending } = useToggle(project, cache);
  const [selection, step] = useReducer(stepSelection, NOTHING_SELECTED);
  const [opened, setOpened] = useState<string | null>(null);
  const rows = useRef<FlagRowsHandle>(null);
  const rowHeight = useMedia('(min-width: 64rem)') ? WIDE_ROW : NARROW_ROW;
  const keys = useRef<readonly (string | undefined)[]>([]);
  keys.current = flags.map(({ key }) => key);

  // Another view: what it does not hold cannot stay selected unseen.
  const query = toQuery({ ...search, ...(search.state === undefined ? {} : { env: view.switched ?? '' }) });
  useEffect(() => step({ event: 'reset' }), [query]);

  const actions = useMemo<RowActions>(
    () => ({
      select: (at, range) => step({ event: 'toggle', at, range, keys: keys.current }),
      focus: (at) => step({ event: 'moveTo', at }),
      openStates: setOpened,
      toggle,
    }),
    [toggle],
  );
  const move = useListKeys({ selection, step, rows, keys, total: flags.length });
  const chosen = useMemo(() => flags.filter(({ key }) => selection.chosen.has(key)), [flags, selection.chosen]);
  return { listed, fresh, toggle, pending, selection, step, chosen, opened, setOpened, rows, rowHeight, actions, move };
}
