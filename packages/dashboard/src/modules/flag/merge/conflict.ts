/** What two sides changed differently, and how it is settled. */
import type { JsonValue, Rule, Serve } from '@flaghoist/evaluator';
import { isSame } from '../draft/same.ts';

export type Side = 'mine' | 'theirs';

/** A conflict's place, as JSON path of the configuration; rules, variants and flags stand in it by name. */
export type Choices = ReadonlyMap<string, Side>;

export type Conflict = { readonly place: string } & (
  | {
      readonly about: 'enabled' | 'clientVisible';
      readonly base: boolean;
      readonly mine: boolean;
      readonly theirs: boolean;
    }
  | Sides<'offVariant', string | null>
  | (Sides<'value', JsonValue | null> & { readonly variant: string })
  | (Sides<'prerequisite', readonly string[] | null> & { readonly flag: string })
  | (Sides<'target', string | null> & { readonly key: string })
  | (Sides<'rule', Rule | null> & { readonly rule: string })
  | (Sides<'description', string | null> & { readonly rule: string })
  | Sides<'order', readonly string[]>
  | Sides<'default', Serve>
);

/** Null: it is not there on that side. */
interface Sides<About extends string, T> {
  readonly about: About;
  readonly base: T;
  readonly mine: T;
  readonly theirs: T;
}

/** What one merge has found so far, handed to its parts. */
export interface Merging {
  readonly choices: Choices;
  readonly conflicts: Conflict[];
}

interface Three<T> {
  readonly place: string;
  readonly base: T;
  readonly mine: T;
  readonly theirs: T;
}

/** One value that has three states. */
export function settle<T>(
  { choices, conflicts }: Merging,
  place: string,
  base: T,
  mine: T,
  theirs: T,
  conflict: (sides: Three<T>) => Conflict,
): T {
  if (isSame(mine, theirs) || isSame(mine, base)) return theirs;
  if (isSame(theirs, base)) return mine;
  conflicts.push(conflict({ place, base, mine, theirs }));
  return choices.get(place) === 'mine' ? mine : theirs;
}
