import { useCallback, useState } from 'react';

/** A text that this browser keeps under a name; null: nothing kept. Where a browser keeps nothing, it holds for this page only. */
export function useKept(name: string): readonly [string | null, (text: string) => void] {
  const [own, setOwn] = useState<{ readonly name: string; readonly text: string | null }>(() => ({
    name,
    text: read(name),
  }));
  const text = own.name === name ? own.text : read(name);
  const keep = useCallback(
    (next: string) => {
      try {
        localStorage.setItem(name, next);
      } catch {
        // Private windows may refuse.
      }
      setOwn({ name, text: next });
    },
    [name],
  );
  return [text, keep];
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
