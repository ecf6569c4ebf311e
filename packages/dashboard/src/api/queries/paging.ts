/** Lists that come in pages. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the page that follows; null at the end. */
  readonly next: string | null;
}

const MOST_PAGES = 100;

/** For `infiniteQueryOptions`. */
export const paging = {
  initialPageParam: null as string | null,
  getNextPageParam: (last: Page<unknown>) => last.next,
};

/** The query members of a page. */
export function pageOf(cursor: string | null, limit = 100): { readonly limit: string; readonly cursor?: string } {
  return { limit: String(limit), ...(cursor === null ? {} : { cursor }) };
}

/** All items, page after page; for lists that are short by nature (environments, keys). */
export async function readAll<Item>(read: (cursor: string | null) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found: Page<Item> = await read(cursor);
    items.push(...found.items);
    cursor = found.next;
    if (cursor === null) break;
  }
  return items;
}
