import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useState } from 'react';
import { followProject, type LiveEvent, type LiveState } from './live.ts';
import { keysOfChange } from './live-keys.ts';
import type { Change } from './openapi.d.ts';
import { keys } from './queries/keys.ts';

type Listener = (data: unknown) => void;

interface LiveLine {
  readonly state: LiveState;
  readonly listen: (event: LiveEvent, listener: Listener) => () => void;
}

const Line = createContext<LiveLine | null>(null);
/** A burst of changes is read anew once. */
const GATHER_MS = 120;

/** Follows one project for all that is inside, and makes what was read old as soon as it has changed. */
export function LiveProvider({ project, children }: { readonly project: string; readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('reconnecting');
  const [listeners] = useState(() => new Map<LiveEvent, Set<Listener>>());

  useEffect(() => {
    const stale = gather(client);
    const live = followProject({
      open: () => new EventSource(`/api/v1/projects/${encodeURIComponent(project)}/watch`),
      later,
      random: Math.random,
      isOnline: () => navigator.onLine,
      onState: setState,
      onEvent(event, data) {
        if (event === 'change') stale.add(keysOfChange(project, data as Change));
        for (const listener of listeners.get(event) ?? []) listener(data);
      },
      onBack: () => stale.add([keys.project(project)]),
      onRefused: () => void client.invalidateQueries({ queryKey: keys.session }),
    });
    const wake = () => {
      if (document.visibilityState === 'visible') live.wake();
    };
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      live.stop();
      stale.stop();
      setState('reconnecting');
    };
  }, [client, listeners, project]);

  const line = useMemo<LiveLine>(
    () => ({
      state,
      listen(event, listener) {
        const set = listeners.get(event) ?? new Set();
        listeners.set(event, set.add(listener));
        return () => void set.delete(listener);
      },
    }),
    [state, listeners],
  );
  return <Line value={line}>{children}</Line>;
}

/** How the watch stream stands; null outside of a project. */
export function useLiveState(): LiveState | null {
  return useContext(Line)?.state ?? null;
}

/** Calls `listener` with each event's data; `change` is a Change. */
export function useLiveEvent(event: LiveEvent, listener: Listener): void {
  const listen = useContext(Line)?.listen;
  const tell = useEffectEvent(listener);
  useEffect(() => listen?.(event, (data) => tell(data)), [listen, event]);
}

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

function gather(client: QueryClient) {
  const waiting = new Map<string, QueryKey>();
  let cancel = (): void => {};
  return {
    add(list: readonly QueryKey[]): void {
      for (const key of list) waiting.set(JSON.stringify(key), key);
      cancel();
      cancel = later(GATHER_MS, () => {
        const all = [...waiting.values()];
        waiting.clear();
        for (const queryKey of all) void client.invalidateQueries({ queryKey });
      });
    },
    stop: () => cancel(),
  };
}
