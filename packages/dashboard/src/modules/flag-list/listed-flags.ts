/** The pages of the list that are loaded, as one list, and changes made to single flags in it. */

export interface ListedState {
  readonly environment: string;
  readonly enabled: boolean;
  readonly revision: number;
}

/** As much of a flag as the list needs; the API's Flag is one. */
export interface Listed {
  readonly key: string;
  readonly version: number;
  readonly environments: readonly ListedState[];
}

export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
}

export interface Pages<Item, Param = unknown> {
  readonly pages: readonly ListPage<Item>[];
  readonly pageParams: readonly Param[];
}

/** All loaded flags, in order; one that moved between two pages while they were read stands once. */
export function flagsOf<Item extends Listed>(pages: readonly ListPage<Item>[]): readonly Item[] {
  if (pages.length === 1) return pages[0]?.items ?? [];
  const seen = new Set<string>();
  return pages.flatMap((page) => page.items.filter(({ key }) => !seen.has(key) && seen.add(key)));
}

/** How many the whole list has, as far as the last page knew; never less than what is loaded. */
export function totalOf(pages: readonly ListPage<Listed>[], loaded: number): number {
  const isWhole = pages.at(-1)?.next === null;
  return isWhole ? loaded : Math.max(loaded, pages.at(-1)?.total ?? 0);
}

/** The same pages with one flag replaced; the very same ones when it is not among them, so that nothing is drawn again. */
export function withFlag<Item extends Listed, Data extends Pages<Item>>(
  data: Data,
  key: string,
  change: (flag: Item) => Item,
): Data {
  const at = data.pages.findIndex((page) => page.items.some((flag) => flag.key === key));
  if (at < 0) return data;
  const pages = data.pages.map((page, index) =>
    index === at ? { ...page, items: page.items.map((flag) => (flag.key === key ? change(flag) : flag)) } : page,
  );
  return { ...data, pages };
}

/** The same pages without a flag, the total one less. */
export function withoutFlag<Item extends Listed, Data extends Pages<Item>>(data: Data, key: string): Data {
  if (!data.pages.some((page) => page.items.some((flag) => flag.key === key))) return data;
  const pages = data.pages.map((page) => ({
    ...page,
    total: page.total - 1,
    items: page.items.filter((flag) => flag.key !== key),
  }));
  return { ...data, pages };
}

export function stateIn(flag: Listed, environment: string | null): ListedState | null {
  return flag.environments.find((state) => state.environment === environment) ?? null;
}

/** A flag whose state in one environment is another. An older revision than what is known changes nothing. */
export function withState<Item extends Listed>(flag: Item, state: ListedState): Item {
  const known = stateIn(flag, state.environment);
  if (known === null || known.revision > state.revision) return flag;
  return {
    ...flag,
    environments: flag.environments.map((one) => (one === known ? { ...one, ...state } : one)),
  };
}

/** Whether a flag that was read again is newer than the listed one, or the same; an answer may come late. */
export function isNewer(read: Listed, listed: Listed): boolean {
  if (read.version < listed.version) return false;
  return read.environments.every((state) => (stateIn(listed, state.environment)?.revision ?? 0) <= state.revision);
}
