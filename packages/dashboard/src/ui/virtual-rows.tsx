import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface VirtualRowsProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** A row's height in pixels before it is measured. */
  readonly rowHeight: number;
  readonly render: (item: Item, at: number) => ReactNode;
  readonly 'aria-label': string;
  /** Called when the end comes near, for lists that come in pages. */
  readonly onNearEnd?: (() => void) | undefined;
}

/** A long list that scrolls with the page and keeps only the rows in sight in the document. */
export function VirtualRows<Item>({
  items,
  keyOf,
  rowHeight,
  render,
  onNearEnd,
  'aria-label': label,
}: VirtualRowsProps<Item>) {
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    if (list.current !== null) setOffset(list.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: offset,
    getItemKey: (at) => {
      const item = items[at];
      return item === undefined ? at : keyOf(item);
    },
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 10) onNearEnd?.();
  }, [last, items.length, onNearEnd]);
  return (
    <div ref={list} role="list" aria-label={label} className="relative" style={{ height: rows.getTotalSize() }}>
      {shown.map((row) => {
        const item = items[row.index];
        if (item === undefined) return null;
        return (
          <div
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            role="listitem"
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${row.start - offset}px)` }}
          >
            {render(item, row.index)}
          </div>
        );
      })}
    </div>
  );
}
