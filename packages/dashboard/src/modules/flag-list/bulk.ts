/** Doing one thing to many flags: what there is to do, what is left out and why. */
import { type Listed, stateIn } from './listed-flags.ts';

/** One transaction locks an environment; more edits than this are sent as several changes. */
export const MOST_EDITS = 200;

export interface ToggleEdit {
  readonly environment: string;
  readonly flag: string;
  readonly ifMatch: number;
  readonly set: { readonly enabled: boolean };
}

export interface TogglePlan {
  readonly edits: readonly ToggleEdit[];
  /** Flags that are in that state already, or are not in that environment. */
  readonly asTheyAre: number;
}

export function planToggle(flags: readonly Listed[], environment: string, enabled: boolean): TogglePlan {
  const edits = flags.flatMap((flag) => {
    const state = stateIn(flag, environment);
    if (state === null || state.enabled === enabled) return [];
    return [{ environment, flag: flag.key, ifMatch: state.revision, set: { enabled } }];
  });
  return { edits, asTheyAre: flags.length - edits.length };
}

export interface Tagged extends Listed {
  readonly tags: readonly string[];
}

export const MOST_TAGS = 50;
export const LONGEST_TAG = 64;

export interface TagPlan<Item extends Tagged> {
  readonly flags: readonly Item[];
  readonly asTheyAre: number;
  /** Flags that hold as many tags as a flag can. */
  readonly full: number;
}

export function planTag<Item extends Tagged>(flags: readonly Item[], tag: string): TagPlan<Item> {
  const without = flags.filter(({ tags }) => !tags.includes(tag));
  const open = without.filter(({ tags }) => tags.length < MOST_TAGS);
  return { flags: open, asTheyAre: flags.length - without.length, full: without.length - open.length };
}

/** What is wrong with a tag; null: nothing. */
export function tagProblem(tag: string): string | null {
  if (tag.trim() === '') return 'Write a tag.';
  return tag.length > LONGEST_TAG ? `Shorten the tag to ${LONGEST_TAG} characters; it has ${tag.length}.` : null;
}

export function inParts<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}

export interface Failed {
  readonly key: string;
  readonly why: string;
}

export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly failed: readonly Failed[];
}

/** Does it to one after the other, goes on after a failure, and tells how far it is; stops between two when aborted. */
export async function eachInTurn<Item extends { readonly key: string }>(
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
  {
    tell,
    why,
    signal,
  }: {
    readonly tell: (progress: Progress) => void;
    readonly why: (error: unknown) => string;
    readonly signal: AbortSignal;
  },
): Promise<Progress> {
  let progress: Progress = { done: 0, of: items.length, failed: [] };
  for (const item of items) {
    if (signal.aborted) break;
    try {
      await act(item);
      progress = { ...progress, done: progress.done + 1 };
    } catch (error) {
      progress = { ...progress, failed: [...progress.failed, { key: item.key, why: why(error) }] };
    }
    tell(progress);
  }
  return progress;
}
