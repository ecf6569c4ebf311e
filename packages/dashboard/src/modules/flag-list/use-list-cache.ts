import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { flagQuery } from '../../api/queries/flags.ts';
import { keys } from '../../api/queries/keys.ts';
import { isNewer, type ListPage, withFlag, withoutFlag } from './listed-flags.ts';

type Data = InfiniteData<ListPage<Flag>>;

export interface ListCache {
  /** The flag as it stands in the lists now; undefined when none has it. */
  readonly find: (key: string) => Flag | undefined;
  readonly patch: (key: string, change: (flag: Flag) => Flag) => void;
  readonly remove: (key: string) => void;
  /** Reads one flag and puts it where it stands; answers what it was and what it is. */
  readonly renew: (key: string) => Promise<{ readonly before: Flag | undefined; readonly after: Flag }>;
  /** Reads the lists anew that are shown. */
  readonly reload: () => Promise<void>;
}

/** Changes single flags in every list of a project that is loaded. */
export function useListCache(project: string): ListCache {
  const client = useQueryClient();
  return useMemo(() => createListCache(client, project), [client, project]);
}

function createListCache(client: QueryClient, project: string): ListCache {
  const queryKey = keys.flagList(project);
  const each = (change: (data: Data) => Data): void => {
    client.setQueriesData<Data>({ queryKey }, (data) => (data === undefined ? data : change(data)));
  };
  function find(key: string): Flag | undefined {
    for (const [, data] of client.getQueriesData<Data>({ queryKey })) {
      const found = data?.pages.flatMap(({ items }) => items).find((flag) => flag.key === key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return {
    find,
    patch: (key, change) => each((data) => withFlag(data, key, change)),
    remove: (key) => each((data) => withoutFlag<Flag, Data>(data, key)),
    async renew(key) {
      const before = find(key);
      const after = await client.fetchQuery({ ...flagQuery(project, key), staleTime: 0 });
      each((data) => withFlag(data, key, (listed: Flag) => (isNewer(after, listed) ? after : listed)));
      return { before, after };
    },
    reload: () => client.invalidateQueries({ queryKey }),
  };
}
