/** Light or dark: the system's, unless the person has chosen. The choice is kept in this browser. */
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'flaghoist-theme';
const listeners = new Set<() => void>();

export function useTheme(): { readonly theme: Theme; readonly setTheme: (theme: Theme) => void } {
  const theme = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, readTheme);
  return { theme, setTheme };
}

/** Call before the first drawing. */
export function applyTheme(): void {
  const theme = readTheme();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing: it holds for this page only.
  }
  memory = theme;
  applyTheme();
  for (const listener of listeners) listener();
}

let memory: Theme | null = null;

function readTheme(): Theme {
  if (memory === null) {
    const kept = readKept();
    memory = kept === 'light' || kept === 'dark' ? kept : 'system';
  }
  return memory;
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
