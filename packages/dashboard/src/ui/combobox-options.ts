/** Which options a combobox offers for what was typed. */
import type { Option } from './option.ts';

export interface Offer {
  readonly options: readonly Option[];
  readonly query: string;
  /** Whether what was typed may be taken as it is. */
  readonly allowNew: boolean;
  /** Values that are taken already. */
  readonly chosen: readonly string[];
}

/** Options whose label, value or hint holds the query, and before them the query itself where it may be taken. */
export function offerOptions({ options, query, allowNew, chosen }: Offer): Option[] {
  const wanted = query.trim();
  const folded = wanted.toLowerCase();
  const found = options.filter((option) =>
    [option.label, option.value, option.hint ?? ''].some((text) => text.toLowerCase().includes(folded)),
  );
  const isKnown =
    chosen.includes(wanted) || options.some((option) => option.value === wanted || option.label === wanted);
  if (!allowNew || wanted === '' || isKnown) return found;
  return [{ value: wanted, label: `Use “${wanted}”` }, ...found];
}

/** The texts of a paste of several lines or comma-separated words; null when it is one text, which is pasted as usual. */
export function splitPaste(text: string): readonly string[] | null {
  const parts = text
    .split(/[\n\r,;\t]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length > 1 ? parts : null;
}
