/** What the palette offers, gathered into groups. */
import type { LucideIcon } from 'lucide-react';
import { type Match, matchText } from './match.ts';

export interface PaletteItem {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  /** Quieter, behind the label. */
  readonly hint?: string | undefined;
  /** Words that lead to it though they are not in its label. */
  readonly others?: string | undefined;
  readonly icon: LucideIcon;
  readonly keys?: string | undefined;
  readonly run: () => void;
}

export interface ShownItem extends PaletteItem {
  readonly ranges: Match['ranges'];
}

export interface PaletteGroup {
  readonly value: string;
  readonly items: readonly ShownItem[];
}

/** Items that fit what was typed, the best first, and behind them what the server found, as it ordered it. */
export function gather({
  query,
  recent,
  commands,
  found,
}: {
  readonly query: string;
  readonly recent: readonly PaletteItem[];
  readonly commands: readonly PaletteItem[];
  readonly found: readonly PaletteItem[];
}): readonly PaletteGroup[] {
  if (query.trim() === '') return grouped([...recent, ...commands].map((item) => ({ ...item, ranges: [] })));
  const fitting = commands
    .flatMap((item) => {
      const match = matchText(item.label, query, item.others);
      return match === null ? [] : [{ item: { ...item, ranges: match.ranges }, rank: match.rank }];
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
  const seen = found.map((item) => ({ ...item, ranges: matchText(item.label, query, item.hint)?.ranges ?? [] }));
  return grouped([...seen, ...fitting]);
}

/** Groups in the order of their first items. */
function grouped(items: readonly ShownItem[]): readonly PaletteGroup[] {
  const groups = Map.groupBy(items, ({ group }) => group);
  return [...groups].map(([value, list]) => ({ value, items: list }));
}
