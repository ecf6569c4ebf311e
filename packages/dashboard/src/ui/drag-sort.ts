/** Sorting a list by dragging its items up and down. */

/** Pixels before a press becomes a drag. */
const BEGINS_AFTER = 4;
/** From the upper and lower edge of the window, in pixels: there the page scrolls along. */
const EDGE = 72;
const FASTEST_SCROLL = 14;

/** Where an item stands, in pixels of the page. */
export interface Span {
  readonly top: number;
  readonly height: number;
}

/** The place whose middle is nearest to the middle of the item that is dragged by `offset` pixels. */
export function placeOf(spans: readonly Span[], from: number, offset: number): number {
  const middle = (span: Span | undefined): number => (span === undefined ? 0 : span.top + span.height / 2);
  const at = middle(spans[from]) + offset;
  let best = from;
  for (const [place, span] of spans.entries())
    if (Math.abs(middle(span) - at) < Math.abs(middle(spans[best]) - at)) best = place;
  return best;
}

/** By how many pixels an item makes room while the one at `from` is over the place `to`. */
export function roomOf(spans: readonly Span[], from: number, to: number, place: number): number {
  const [dragged, first, second] = [spans[from], spans[0], spans[1]];
  if (dragged === undefined || first === undefined || second === undefined) return 0;
  const step = dragged.height + (second.top - first.top - first.height);
  if (from < place && place <= to) return -step;
  return to <= place && place < from ? step : 0;
}

export interface DragSort {
  /** The items, in order. */
  readonly items: readonly HTMLElement[];
  readonly from: number;
  /** Told once, when the item is let go at another place. */
  readonly onDrop: (to: number) => void;
}

/**
 * Follows the pointer that was pressed on an item's handle until it is let go; Escape puts the item back. The handle needs
 * `touch-action: none`. While an item is on its way it has `data-dragging`.
 */
export function beginDragSort(press: PointerEvent, { items, from, onDrop }: DragSort): void {
  const item = items[from];
  if (item === undefined || press.button !== 0 || !press.isPrimary) return;
  const begin = press.clientY + window.scrollY;
  let spans: readonly Span[] | null = null;
  let to = from;
  let pointer = press.clientY;
  let frame = 0;
  const ending = new AbortController();

  function follow(): void {
    if (spans === null) return;
    const offset = pointer + window.scrollY - begin;
    to = placeOf(spans, from, offset);
    for (const [place, one] of items.entries()) {
      const shift = place === from ? offset : roomOf(spans, from, to, place);
      one.style.transform = shift === 0 ? '' : `translate3d(0,${shift}px,0)`;
    }
  }
  function scrollAlong(): void {
    const past = Math.max(0, pointer - (window.innerHeight - EDGE)) - Math.max(0, EDGE - pointer);
    if (past !== 0) {
      window.scrollBy(0, FASTEST_SCROLL * Math.max(-1, Math.min(1, past / EDGE)));
      follow();
    }
    frame = requestAnimationFrame(scrollAlong);
  }
  function start(): void {
    spans = items.map((one) => {
      const { top, height } = one.getBoundingClientRect();
      return { top: top + window.scrollY, height };
    });
    for (const one of items) if (one !== item) one.style.transition = 'transform 150ms';
    item?.setAttribute('data-dragging', '');
    frame = requestAnimationFrame(scrollAlong);
  }
  function end(place: number): void {
    ending.abort();
    cancelAnimationFrame(frame);
    for (const one of items) {
      one.style.transform = '';
      one.style.transition = '';
    }
    item?.removeAttribute('data-dragging');
    if (spans !== null && place !== from) onDrop(place);
  }

  const on = { signal: ending.signal };
  const isMine = ({ pointerId }: PointerEvent): boolean => pointerId === press.pointerId;
  window.addEventListener(
    'pointermove',
    (move) => {
      if (!isMine(move)) return;
      pointer = move.clientY;
      if (spans === null && Math.abs(pointer - press.clientY) >= BEGINS_AFTER) start();
      follow();
    },
    on,
  );
  window.addEventListener('pointerup', (up) => isMine(up) && end(to), on);
  window.addEventListener('pointercancel', (cancel) => isMine(cancel) && end(from), on);
  window.addEventListener(
    'keydown',
    (key) => {
      if (key.key !== 'Escape' || spans === null) return;
      key.stopPropagation();
      end(from);
    },
    { ...on, capture: true },
  );
}
