import type { Rule } from '@flaghoist/evaluator';
import { isSame } from '../draft/same.ts';
import { type Merging, settle } from './conflict.ts';

type Rules = readonly Rule[];

/**
 * Rule by rule, by id, then their order. A rule's conditions and what it serves are one thing: who changed the one relied
 * on the other. Its description is for people, and merged by itself.
 */
export function mergeRules(merging: Merging, base: Rules, mine: Rules, theirs: Rules): Rules {
  if (isSame(mine, base) || isSame(mine, theirs)) return theirs;
  if (isSame(theirs, base)) return mine;
  const [inBase, inMine, inTheirs] = [byId(base), byId(mine), byId(theirs)];
  const merged = new Map<string, Rule>();
  for (const id of new Set([...inTheirs.keys(), ...inMine.keys()])) {
    const rule = mergeRule(merging, id, inBase.get(id) ?? null, inMine.get(id) ?? null, inTheirs.get(id) ?? null);
    if (rule !== null) merged.set(id, rule);
  }
  const order = mergeOrder(merging, base, mine, theirs, merged);
  return order.flatMap((id) => merged.get(id) ?? []);
}

function byId(rules: Rules): ReadonlyMap<string, Rule> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

function mergeRule(
  merging: Merging,
  id: string,
  base: Rule | null,
  mine: Rule | null,
  theirs: Rule | null,
): Rule | null {
  const place = `$.rules.${id}`;
  if (base === null || mine === null || theirs === null)
    return settle(merging, place, base, mine, theirs, (sides) => ({ about: 'rule', rule: id, ...sides }));
  const does = settle(merging, place, bare(base), bare(mine), bare(theirs), (sides) => ({
    about: 'rule',
    rule: id,
    ...sides,
  }));
  const description = settle(
    merging,
    `${place}.description`,
    base.description ?? null,
    mine.description ?? null,
    theirs.description ?? null,
    (sides) => ({ about: 'description', rule: id, ...sides }),
  );
  const { conditions, serve } = does;
  return { id, ...(description === null ? {} : { description }), conditions, serve };
}

function bare({ description: _description, ...rule }: Rule): Rule {
  return rule;
}

/**
 * The order of the rules that all three have is that of the side that changed it. Every other rule stands behind the one
 * it was put behind; where both put one, theirs comes first.
 */
function mergeOrder(
  merging: Merging,
  base: Rules,
  mine: Rules,
  theirs: Rules,
  merged: ReadonlyMap<string, Rule>,
): readonly string[] {
  const [inBase, inMine, inTheirs] = [byId(base), byId(mine), byId(theirs)];
  const isEverywhere = (id: string): boolean => inBase.has(id) && inMine.has(id) && inTheirs.has(id);
  const spineOf = (rules: Rules): readonly string[] => rules.map(({ id }) => id).filter(isEverywhere);
  const spine = settle(merging, '$.rules', spineOf(base), spineOf(mine), spineOf(theirs), (sides) => ({
    about: 'order',
    ...sides,
  }));
  const order = spine.filter((id) => merged.has(id));
  // What is inserted last stands closest to the rule before it, so theirs follow mine.
  insertOthers(order, mine, merged);
  insertOthers(order, theirs, merged);
  return order;
}

function insertOthers(order: string[], rules: Rules, merged: ReadonlyMap<string, Rule>): void {
  let before: string | null = null;
  for (const { id } of rules) {
    if (!merged.has(id)) continue;
    if (!order.includes(id)) order.splice(before === null ? 0 : order.indexOf(before) + 1, 0, id);
    before = id;
  }
}
