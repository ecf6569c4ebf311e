import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { cx } from '../../ui/class-names.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { FlagRow, type RowActions, type RowView } from './flag-row.tsx';

export interface FlagRowsHandle {
  /** Brings a row into sight and gives it the focus. */
  readonly focusRow: (at: number) => void;
}

export interface FlagRowsProps {
  readonly flags: readonly Flag[];
  /** Of the whole list; rows that are not loaded yet keep their places. */
  readonly total: number;
  readonly rowHeight: number;
  readonly view: RowView;
  readonly actions: RowActions;
  readonly chosen: ReadonlySet<string>;
  readonly fresh: ReadonlySet<string>;
  readonly pending: ReadonlySet<string>;
  readonly isOld: boolean;
  /** Told the last row in sight. */
  readonly onSee: (row: number) => void;
  readonly onMove: (by: number) => void;
  readonly handle: RefObject<FlagRowsHandle | null>;
}

/** Of the bar at the top of the window. */
const COVERED = 120;

/** The rows, of one height each, of which only those in sight are in the document. */
export function FlagRows(props: FlagRowsProps) {
  const { flags, total, rowHeight, view, actions, chosen, fresh, pending, isOld, onSee, onMove, handle } = props;
  const list = useRef<HTMLDivElement>(null);
  const top = useTop(list);
  const rows = useWindowVirtualizer({
    count: total,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: top,
    scrollPaddingStart: COVERED,
    scrollPaddingEnd: 80,
    getItemKey: (at) => flags[at]?.key ?? at,
  });
  useLayoutEffect(() => rows.measure(), [rows, rowHeight]);
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  useEffect(() => onSee(last), [last, onSee, flags.length]);
  useImperativeHandle(handle, () => ({
    focusRow(at) {
      rows.scrollToIndex(at, { align: 'auto' });
      focusWhenThere(list.current, at, 10);
    },
  }));

  function move(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    onMove(event.key === 'ArrowDown' ? 1 : -1);
  }

  return (
    <div
      ref={list}
      role="list"
      aria-label="Flags"
      aria-busy={isOld}
      onKeyDown={move}
      className={cx('relative transition-opacity', isOld && 'opacity-60')}
      style={{ height: rows.getTotalSize() }}
    >
      {seen.map((row) => {
        const flag = flags[row.index];
        return (
          <div
            key={row.key}
            data-row={row.index}
            role="listitem"
            aria-setsize={total}
            aria-posinset={row.index + 1}
            className="absolute inset-x-0 top-0"
            style={{ height: rowHeight, transform: `translateY(${row.start - top}px)` }}
          >
            {flag === undefined ? (
              <RowSkeleton />
            ) : (
              <FlagRow
                flag={flag}
                at={row.index}
                view={view}
                actions={actions}
                isSelected={chosen.has(flag.key)}
                isFresh={fresh.has(flag.key)}
                isPending={pending.has(`${flag.key} ${view.switched}`)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Rows that are on their way, of their final size. */
export function RowSkeletons({ count, rowHeight }: { readonly count: number; readonly rowHeight: number }) {
  return (
    <div role="status">
      <span className="sr-only">Loading the flags</span>
      {Array.from({ length: count }, (_, at) => (
        <div key={at} style={{ height: rowHeight }}>
          <RowSkeleton />
        </div>
      ))}
    </div>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-full items-center gap-5 border-b px-4" aria-hidden="true">
      <Skeleton className="size-4" />
      <div className="flex flex-1 flex-col gap-2">
        <Skeleton className="h-3.5 w-40 max-w-full" />
        <Skeleton className="h-3 w-24" />
      </div>
      <Skeleton className="hidden h-5 w-28 lg:block" />
      <Skeleton className="h-5 w-9 rounded-full" />
    </div>
  );
}

/** Where the list begins in the document; it moves when what stands above it grows. */
function useTop(list: RefObject<HTMLDivElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      if (list.current !== null) setTop(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const observer = new ResizeObserver(look);
    const above = list.current?.closest('[data-list-page]');
    for (const part of above?.querySelectorAll('[data-above-list]') ?? []) observer.observe(part);
    return () => observer.disconnect();
  }, [list]);
  return top;
}

/** A row that was out of sight is in the document some frames later. */
function focusWhenThere(list: HTMLElement | null, at: number, frames: number): void {
  const link = list?.querySelector<HTMLElement>(`[data-row="${at}"] [data-flag]`);
  if (link != null) link.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenThere(list, at, frames - 1));
}
