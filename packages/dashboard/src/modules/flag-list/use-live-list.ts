import { useEffect, useRef, useState } from 'react';
import { useLiveEvent } from '../../api/live-provider.tsx';
import type { Change, Flag } from '../../api/openapi.d.ts';
import type { ListCache } from './use-list-cache.ts';

/** More flags than this in one change: the list is read anew instead of flag by flag. */
const MOST_SINGLE = 20;
const FRESH_MS = 2_400;
const RELOAD_AFTER_MS = 600;
const NONE: ReadonlySet<string> = new Set();

/** Keeps the shown list up to date with what others change; answers the keys of flags that have just changed. */
export function useLiveList(cache: ListCache): ReadonlySet<string> {
  const [fresh, setFresh] = useState(NONE);
  const fading = useRef<ReturnType<typeof setTimeout>>(undefined);
  const reloading = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(fading.current);
      clearTimeout(reloading.current);
    },
    [],
  );

  function show(key: string): void {
    setFresh((before) => new Set([...before, key]));
    clearTimeout(fading.current);
    fading.current = setTimeout(() => setFresh(NONE), FRESH_MS);
  }
  function reload(): void {
    clearTimeout(reloading.current);
    reloading.current = setTimeout(() => void cache.reload(), RELOAD_AFTER_MS);
  }

  useLiveEvent('change', (data) => {
    const change = data as Change;
    const flags = [...new Set(change.entities.filter(({ kind }) => kind === 'flag').map(({ key }) => key))];
    const isAboutList = change.action.startsWith('flag.') && change.action !== 'flag.edit';
    if (isAboutList || change.action.startsWith('environment.') || flags.length > MOST_SINGLE) return reload();
    for (const key of flags) {
      if (cache.find(key) === undefined) continue;
      // A flag that cannot be read any more is gone; the next reading of the list says so.
      void cache.renew(key).then(
        ({ before, after }) => before !== undefined && looksDifferent(before, after) && show(key),
        () => reload(),
      );
    }
  });
  return fresh;
}

/** Whether somebody who looks at the row sees a difference; one's own switch was shown when it was pressed. */
function looksDifferent(before: Flag, after: Flag): boolean {
  const seen = ({ name, tags, owner, environments }: Flag) =>
    JSON.stringify([name, tags, owner, environments.map(({ environment, enabled }) => [environment, enabled])]);
  return seen(before) !== seen(after);
}
