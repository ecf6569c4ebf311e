/** Cursor pagination: a cursor is the last item's place, so that what is added or removed meanwhile shifts nothing. */
import { invalid, type Refusal } from './refusal.ts';

export interface PageRequest {
  readonly limit: number;
  /** Null: from the beginning. */
  readonly after: string | null;
}

export function readPage(query: { readonly limit?: string; readonly cursor?: string }): PageRequest {
  return {
    limit: query.limit === undefined ? 100 : Number(query.limit),
    after: query.cursor === undefined ? null : decode(query.cursor),
  };
}

/** Cuts a list that was asked for with limit + 1. */
export function toPage<Item, Out>(
  found: readonly Item[],
  limit: number,
  placeOf: (item: Item) => string,
  show: (item: Item) => Out,
) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(show), next: found.length > limit && last !== undefined ? encode(placeOf(last)) : null };
}

/** A numeric place, counting down from the newest. */
export function readNumberBelow(after: string | null): number {
  if (after === null) return Number.MAX_SAFE_INTEGER;
  const number = Number(after);
  if (!Number.isSafeInteger(number)) throw badCursor();
  return number;
}

function encode(place: string): string {
  return Buffer.from(`1:${place}`, 'utf8').toString('base64url');
}

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('1:') || text.includes('\0') || encode(text.slice(2)) !== cursor) throw badCursor();
  return text.slice(2);
}

export function badCursor(
  message = 'This cursor is not one of ours. Use the `next` of a page of the same list.',
): Refusal {
  return invalid('query.cursor', 'cursor', message);
}
