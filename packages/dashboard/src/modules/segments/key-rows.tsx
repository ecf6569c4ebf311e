import { useVirtualizer } from '@tanstack/react-virtual';
import { X } from 'lucide-react';
import { useRef } from 'react';

export interface KeyRowsProps {
  readonly keys: readonly string[];
  readonly label: string;
  /** Null: nothing can be removed. */
  readonly onRemove: ((key: string) => void) | null;
}

const ROW = 32;

/** Keys in a box that scrolls by itself; only those in sight are in the document. */
export function KeyRows({ keys, label, onRemove }: KeyRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: keys.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (at) => keys[at] ?? at,
  });
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={box} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto overscroll-contain -outline-offset-2!">
      <ul aria-label={label} className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const key = keys[row.index];
          if (key === undefined) return null;
          return (
            <li
              key={row.key}
              aria-setsize={keys.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 top-0 flex items-center gap-2 pr-1.5 pl-3 hover:bg-hover"
              style={{ height: ROW, transform: `translateY(${row.start}px)` }}
            >
              <span className="min-w-0 flex-1 truncate font-mono text-sm" title={key}>
                {key}
              </span>
              {onRemove !== null && (
                <button
                  type="button"
                  onClick={() => onRemove(key)}
                  aria-label={`Remove ${key}`}
                  className="flex size-6 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-ink"
                >
                  <X className="size-3.5" aria-hidden="true" />
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
