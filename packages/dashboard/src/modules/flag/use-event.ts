import { useCallback, useLayoutEffect, useRef } from 'react';

/** A callback that stays the same object and always does the newest thing, so that what it is handed to keeps still. Not for rendering. */
export function useEvent<Arguments extends readonly unknown[]>(
  run: (...args: Arguments) => void,
): (...args: Arguments) => void {
  const latest = useRef(run);
  useLayoutEffect(() => {
    latest.current = run;
  });
  return useCallback((...args) => latest.current(...args), []);
}
