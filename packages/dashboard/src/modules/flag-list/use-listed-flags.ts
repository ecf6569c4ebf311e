import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { type FlagListFilter, flagListQuery } from '../../api/queries/flag-list.ts';
import { flagsOf, totalOf } from './listed-flags.ts';

/** Rows that are loaded beyond what is in sight. With the first page that is enough until somebody scrolls. */
const AHEAD = 70;

export interface ListedFlags {
  readonly flags: readonly Flag[];
  readonly total: number;
  /** Nothing is there yet. */
  readonly isLoading: boolean;
  /** What is shown belongs to the filter before. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Loads until this row is there, and some after it. */
  readonly reach: (row: number) => void;
  /** Loads everything and answers it. */
  readonly all: () => Promise<readonly Flag[]>;
}

const NONE: readonly Flag[] = [];

export function useListedFlags(project: string, filter: FlagListFilter): ListedFlags {
  const query = useInfiniteQuery({ ...flagListQuery(project, filter), placeholderData: keepPreviousData });
  const { data, fetchNextPage, hasNextPage, isFetching, isFetchNextPageError, refetch } = query;
  const flags = useMemo(() => (data === undefined ? NONE : flagsOf(data.pages)), [data]);
  const total = data === undefined ? 0 : totalOf(data.pages, flags.length);
  const latest = useRef({ loaded: 0, canLoad: false, wanted: 0 });
  const wanted = latest.current.wanted;
  latest.current = { wanted, loaded: flags.length, canLoad: hasNextPage && !isFetching && !isFetchNextPageError };

  const reach = useCallback(
    (row: number) => {
      latest.current.wanted = row;
      const { canLoad, loaded } = latest.current;
      if (!canLoad || row + AHEAD < loaded) return;
      latest.current.canLoad = false;
      void fetchNextPage();
    },
    [fetchNextPage],
  );
  // Somebody may have drawn the scroll bar to the end: on until that place is there. And what was wanted while the list
  // was being read anew was not asked for.
  useEffect(() => {
    if (!isFetching) reach(latest.current.wanted);
  }, [isFetching, flags.length, reach]);

  const all = useCallback(async () => {
    let found = await fetchNextPage();
    while (found.hasNextPage && !found.isError) found = await fetchNextPage();
    if (found.error !== null) throw found.error;
    return flagsOf(found.data?.pages ?? []);
  }, [fetchNextPage]);

  return {
    flags,
    total,
    isLoading: query.isPending,
    isOld: query.isPlaceholderData,
    error: query.isError && !query.isRefetchError ? query.error : null,
    retry: () => void refetch(),
    reach,
    all,
  };
}
