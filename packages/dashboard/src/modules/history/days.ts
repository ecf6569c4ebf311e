/** Changes in groups of a day, for a timeline. */
export interface Day<Item> {
  /** `2026-11-22`, in the reader's time zone. */
  readonly date: string;
  readonly items: readonly Item[];
}

/** Keeps the order; a day is that of the reader's own clock. */
export function byDay<Item extends { readonly at: string }>(items: readonly Item[]): readonly Day<Item>[] {
  const days: { date: string; items: Item[] }[] = [];
  for (const item of items) {
    const date = dayOf(new Date(item.at));
    const last = days.at(-1);
    if (last?.date === date) last.items.push(item);
    else days.push({ date, items: [item] });
  }
  return days;
}

/** `Today`, `Yesterday`, or the date in words. */
export function dayName(date: string, now: Date): string {
  if (date === dayOf(now)) return 'Today';
  if (date === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return 'Yesterday';
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const format: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  return new Date(year, month - 1, day).toLocaleDateString(
    'en',
    year === now.getFullYear() ? format : { ...format, year: 'numeric' },
  );
}

function dayOf(at: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
