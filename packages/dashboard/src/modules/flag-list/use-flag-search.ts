import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { changeSearch, type FlagSearch, parseFlagSearch } from './flag-search.ts';

export type SearchChange = Parameters<typeof changeSearch>[1];

export interface FlagSearchControl {
  readonly search: FlagSearch;
  /** `typing`: the way back leads past it. */
  readonly change: (change: SearchChange, typing?: boolean) => void;
  readonly replace: (search: FlagSearch) => void;
}

/** The list's filters and order, as they stand in the address. */
export function useFlagSearch(): FlagSearchControl {
  const raw = useSearch({ from: '/projects/$project/flags' });
  const { project } = useParams({ from: '/projects/$project/flags' });
  const navigate = useNavigate();
  const search = useMemo(() => parseFlagSearch(raw), [raw]);
  const go = useCallback(
    (next: FlagSearch, isTyping: boolean) => {
      void navigate({
        to: '/projects/$project/flags',
        params: { project },
        search: next,
        replace: isTyping,
        resetScroll: false,
      });
    },
    [navigate, project],
  );
  const change = useCallback(
    (part: SearchChange, typing = false) => go(changeSearch(search, part), typing),
    [go, search],
  );
  const replace = useCallback((next: FlagSearch) => go(next, false), [go]);
  return { search, change, replace };
}
