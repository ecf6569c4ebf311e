import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { type Theme, useTheme } from '../../ui/theme.ts';

const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'Like the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** Light or dark. */
export function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  return (
    <SegmentedControl value={theme} onChange={setTheme} options={THEMES} aria-label="Look" className="self-start" />
  );
}
