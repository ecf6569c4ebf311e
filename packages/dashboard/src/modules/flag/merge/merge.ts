/**
 * Three-way merge of a configuration: what I edited from, what I have, and what is saved now. What only one side changed
 * is taken from that side; what both changed alike is taken once; what both changed differently is a conflict, which is
 * settled by choosing a side.
 */
import type { JsonValue, Rule, Serve } from '@flaghoist/evaluator';
import type { Configuration, Values } from '../draft/configuration.ts';
import { isSame } from '../draft/same.ts';
import { mergeRules } from './merge-rules.ts';
import { mergeTargets } from './merge-targets.ts';

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

export interface Merge {
  /** With the chosen side of conflicts, and theirs where none is chosen yet. */
  readonly merged: Configuration;
  /** All of them, settled or not. */
  readonly conflicts: readonly Conflict[];
}

/** What one merge has found so far, handed to its parts. */
export interface Merging {
  readonly choices: Choices;
  readonly conflicts: Conflict[];
}

export function mergeConfigurations(
  base: Configuration,
  mine: Configuration,
  theirs: Configuration,
  choices: Choices = new Map(),
): Merge {
  const merging: Merging = { choices, conflicts: [] };
  const merged: Configuration = {
    enabled: settle(merging, '$.enabled', base.enabled, mine.enabled, theirs.enabled, (sides) => ({
      about: 'enabled',
      ...sides,
    })),
    variants: mergeValues(merging, base.variants, mine.variants, theirs.variants),
    offVariant: settle(merging, '$.offVariant', base.offVariant, mine.offVariant, theirs.offVariant, (sides) => ({
      about: 'offVariant',
      ...sides,
    })),
    clientVisible: settle(
      merging,
      '$.clientVisible',
      base.clientVisible,
      mine.clientVisible,
      theirs.clientVisible,
      (sides) => ({ about: 'clientVisible', ...sides }),
    ),
    prerequisites: mergePrerequisites(merging, base.prerequisites, mine.prerequisites, theirs.prerequisites),
    targets: mergeTargets(merging, base.targets, mine.targets, theirs.targets),
    rules: mergeRules(merging, base.rules, mine.rules, theirs.rules),
    default: settle(merging, '$.default', base.default, mine.default, theirs.default, (sides) => ({
      about: 'default',
      ...sides,
    })),
  };
  return { merged, conflicts: merging.conflicts };
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

/** Variants are never removed and never added in an environment; names that only one side knows came with the flag. */
function mergeValues(merging: Merging, base: Values, mine: Values, theirs: Values): Values {
  if (isSame(mine, base)) return theirs;
  if (isSame(theirs, base)) return mine;
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
  const at = (values: Values, name: string): JsonValue | null =>
    Object.hasOwn(values, name) ? (values[name] ?? null) : null;
  return Object.fromEntries(
    names.map((name) => [
      name,
      settle(merging, `$.variants.${name}`, at(base, name), at(mine, name), at(theirs, name), (sides) => ({
        about: 'value',
        variant: name,
        ...sides,
      })),
    ]),
  );
}

type Prerequisites = Configuration['prerequisites'];

function mergePrerequisites(
  merging: Merging,
  base: Prerequisites,
  mine: Prerequisites,
  theirs: Prerequisites,
): Prerequisites {
  if (isSame(mine, base)) return theirs;
  if (isSame(theirs, base)) return mine;
  const at = (list: Prerequisites, flag: string) => list.find((one) => one.flag === flag)?.variants ?? null;
  const flags = [...new Set([...theirs, ...mine].map(({ flag }) => flag))];
  return flags.flatMap((flag) => {
    const variants = settle(
      merging,
      `$.prerequisites.${flag}`,
      at(base, flag),
      at(mine, flag),
      at(theirs, flag),
      (sides) => ({ about: 'prerequisite', flag, ...sides }),
    );
    return variants === null ? [] : [{ flag, variants }];
  });
}
