/** Saving an edit on top of whatever is saved: with If-Match, and merged when somebody was faster. */
import { type Configuration, editBetween } from '../draft/configuration.ts';
import { mergeConfigurations } from '../merge/merge.ts';

export interface SavedState {
  readonly configuration: Configuration;
  readonly revision: number;
}

export interface News extends SavedState {
  readonly author: string;
}

/** Both sides changed the same things. */
export interface Contradiction {
  readonly base: Configuration;
  readonly mine: Configuration;
  readonly theirs: Configuration;
  readonly revision: number;
  readonly author: string;
}

export type Outcome =
  | { readonly kind: 'saved'; readonly sent: Configuration; readonly saved: SavedState }
  /** Others had saved the same: nothing is left to save. */
  | { readonly kind: 'nothing left' }
  | { readonly kind: 'contradiction'; readonly contradiction: Contradiction }
  /** Others were faster each time. */
  | { readonly kind: 'given up' };

export interface SaveDeps {
  /** Null: the revision is not the newest one any more. */
  readonly write: (edit: Partial<Configuration>, revision: number) => Promise<SavedState | null>;
  readonly readTheirs: () => Promise<News>;
  /** Told of each time that somebody's save was taken in. */
  readonly onMerged: (from: Configuration, news: News) => void;
}

export interface EditedState {
  readonly base: Configuration;
  readonly present: Configuration;
  readonly revision: number;
}

/** Others are seldom faster three times in a row; then a person should look. */
const MOST_ATTEMPTS = 4;

export async function saveOnTop(start: EditedState, deps: SaveDeps): Promise<Outcome> {
  let { base, present, revision } = start;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const edit = editBetween(base, present);
    if (edit === null) return { kind: 'nothing left' };
    const saved = await deps.write(edit, revision);
    if (saved !== null) return { kind: 'saved', sent: present, saved };
    const news = await deps.readTheirs();
    const theirs = news.configuration;
    const { merged, conflicts } = mergeConfigurations(base, present, theirs);
    if (conflicts.length > 0) {
      const { author } = news;
      return { kind: 'contradiction', contradiction: { base, mine: present, theirs, revision: news.revision, author } };
    }
    deps.onMerged(base, news);
    base = theirs;
    present = merged;
    revision = news.revision;
  }
  return { kind: 'given up' };
}
