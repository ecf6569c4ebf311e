import { useEffect, useRef, useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { eachInTurn, type Progress } from './bulk.ts';

/** Does something to one flag after the other and tells how far it is; what has not begun is left when the component goes. */
export function useEach() {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [isRunning, setRunning] = useState(false);
  const stop = useRef(new AbortController());
  useEffect(() => {
    stop.current = new AbortController();
    return () => stop.current.abort();
  }, []);

  async function run<Item extends { readonly key: string }>(
    items: readonly Item[],
    act: (item: Item) => Promise<unknown>,
  ): Promise<Progress> {
    setRunning(true);
    const done = await eachInTurn(items, act, {
      tell: setProgress,
      why: (error) => failureOf(error).detail,
      signal: stop.current.signal,
    });
    setRunning(false);
    return done;
  }
  return { progress, isRunning, run };
}
