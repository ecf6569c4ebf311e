/**
 * Three-way merge of a configuration: what I edited from, what I have, and what is saved now. What only one side changed
 * is taken from that side; what both changed alike is taken once; what both changed differently is a conflict, which is
 * settled by choosing a side.
 */
import type { JsonValue } from '@flaghoist/evaluator';
import type { Configuration, Values } from '../draft/configuration.ts';
import { isSame } from '../draft/same.ts';
import { type Choices, type Conflict, type Merging, settle } from './conflict.ts';
import { mergeRules } from './merge-rules.ts';
import { mergeTargets } from './merge-targets.ts';

export interface Merge {
  /** With the chosen side of conflicts, and theirs where none is chosen yet. */
  readonly merged: Configuration;
  /** All of them, settled or not. */
  readonly conflicts: readonly Conflict[];
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
