/** What a promotion takes from one environment to the other: pure, from the comparison and what was chosen of it. */
import type { ChangeCreate, Comparison } from '../../api/openapi.d.ts';

export type Item = Comparison['items'][number];
type Edit = ChangeCreate['edits'][number];
type Content = Readonly<Record<string, unknown>>;

/** Chosen members by item; an item without an entry is not promoted. */
export type Selection = ReadonlyMap<string, ReadonlySet<string>>;

export const NOTHING_CHOSEN: Selection = new Map();

export type SelectionAction =
  | { readonly type: 'toggle item'; readonly item: Item }
  | { readonly type: 'toggle member'; readonly item: Item; readonly member: string }
  | { readonly type: 'choose'; readonly items: readonly Item[] }
  | { readonly type: 'clear' };

export function idOf({ kind, key }: Pick<Item, 'kind' | 'key'>): string {
  return `${kind} ${key}`;
}

/** What is not in the environment promoted from cannot be promoted. */
export function isPromotable(item: Item): boolean {
  return item.from !== null;
}

/**
 * The members that are taken when an item is chosen as a whole. Whether a flag is on is a decision of its own for each environment, so
 * that it is never taken along unasked.
 */
export function usualMembers(item: Item): ReadonlySet<string> {
  const members = item.differs.filter((member) => member !== 'enabled');
  return new Set(members.length > 0 ? members : item.differs);
}

export function select(selection: Selection, action: SelectionAction): Selection {
  const next = new Map(selection);
  switch (action.type) {
    case 'toggle item':
      if (next.has(idOf(action.item))) next.delete(idOf(action.item));
      else if (isPromotable(action.item)) next.set(idOf(action.item), usualMembers(action.item));
      return next;
    case 'toggle member':
      return toggleMember(next, action.item, action.member);
    case 'choose':
      for (const item of action.items)
        if (isPromotable(item) && !next.has(idOf(item))) next.set(idOf(item), usualMembers(item));
      return next;
    case 'clear':
      break;
  }
  return NOTHING_CHOSEN;
}

function toggleMember(next: Map<string, ReadonlySet<string>>, item: Item, member: string): Selection {
  if (!isPromotable(item)) return next;
  const members = new Set(next.get(idOf(item)));
  if (members.has(member)) members.delete(member);
  else members.add(member);
  if (members.size === 0) next.delete(idOf(item));
  else next.set(idOf(item), members);
  return next;
}

export interface Promotion {
  /** Segments that have to be made first: an edit needs something to edit. */
  readonly creations: readonly { readonly key: string; readonly content: Content }[];
  readonly edits: readonly Edit[];
}

/** The requests that carry out a selection. Items that went away meanwhile are left out. */
export function promotionOf(comparison: Comparison, selection: Selection): Promotion {
  const creations: { key: string; content: Content }[] = [];
  const edits: Edit[] = [];
  for (const item of comparison.items) {
    const members = selection.get(idOf(item));
    if (members === undefined || item.from === null) continue;
    const content = item.from.content as Content;
    if (item.to === null) {
      if (item.kind === 'segment') creations.push({ key: item.key, content });
      continue;
    }
    const set = Object.fromEntries(
      item.differs.filter((member) => members.has(member)).map((member) => [member, content[member]]),
    );
    edits.push({ environment: comparison.to, [item.kind]: item.key, ifMatch: item.to.revision, set });
  }
  return { creations, edits };
}

/** Segments that chosen rules refer to, that are not in the environment promoted to, and that were not chosen either. */
export function missingSegments(comparison: Comparison, selection: Selection): readonly string[] {
  const absent = new Set(
    comparison.items.filter(({ kind, to }) => kind === 'segment' && to === null).map(({ key }) => key),
  );
  const chosen = comparison.items.filter((item) => selection.has(idOf(item)));
  const named = chosen.flatMap((item) => {
    const members = selection.get(idOf(item)) ?? new Set<string>();
    const content = (item.from?.content ?? {}) as Content;
    return ['rules', 'conditions']
      .filter((member) => members.has(member))
      .flatMap((member) => segmentsIn(content[member]));
  });
  return [...new Set(named)].filter((key) => absent.has(key) && !selection.has(`segment ${key}`)).sort();
}

function segmentsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(segmentsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { segment, ...rest } = value as { readonly segment?: unknown };
  return [...(typeof segment === 'string' ? [segment] : []), ...Object.values(rest).flatMap(segmentsIn)];
}
