import type { Rule } from '@flaghoist/evaluator';
import { isSame } from '../draft/same.ts';
import { conditionsWords } from './condition-words.ts';
import { changed, type Difference, ruleName } from './difference.ts';
import { nowServes } from './serve-change-words.ts';
import { ruleWords } from './serve-words.ts';
import { text, type Words } from './span.ts';

type Rules = readonly Rule[];

/** Rules that came, went, were renamed, moved or changed, by their places in the newer list (the older for those gone). */
export function describeRules(before: Rules, after: Rules): readonly Difference[] {
  if (isSame(before, after)) return [];
  const renamed = findRenamed(before, after);
  const was = new Map(before.map((rule) => [renamed.get(rule.id) ?? rule.id, rule]));
  const isIds = new Set(after.map(({ id }) => id));
  const moved = findMoved(
    before.map(({ id }) => renamed.get(id) ?? id),
    after.map(({ id }) => id),
  );
  const found: Difference[] = [];
  for (const [index, rule] of before.entries())
    if (!isIds.has(renamed.get(rule.id) ?? rule.id))
      found.push({
        kind: 'removed',
        words: [text('Removed '), ...lower(ruleName(rule, index)), text(': '), ...ruleWords(rule)],
      });
  for (const [index, rule] of after.entries()) {
    const old = was.get(rule.id);
    if (old === undefined)
      found.push({
        kind: 'added',
        words: [text('Added '), ...lower(ruleName(rule, index)), text(': '), ...ruleWords(rule)],
      });
    else found.push(...describeRule(old, rule, index, moved.get(rule.id)));
  }
  return found;
}

function describeRule(before: Rule, after: Rule, index: number, movedFrom: number | undefined): readonly Difference[] {
  const name = ruleName(after, index);
  const found: Words[] = [];
  if (before.id !== after.id) found.push([...name, text(' was called '), { kind: 'rule', text: before.id }]);
  if (movedFrom !== undefined) found.push([...name, text(` was rule ${movedFrom + 1}`)]);
  if (!isSame(before.conditions, after.conditions))
    found.push([
      ...name,
      text(' is now where '),
      ...conditionsWords(after.conditions),
      text(', was where '),
      ...conditionsWords(before.conditions),
    ]);
  if (!isSame(before.serve, after.serve)) found.push([...name, text(' '), ...nowServes(before.serve, after.serve)]);
  if (before.description !== after.description) found.push([...name, text(' has another description')]);
  return found.map((words) => changed(...words));
}

function lower(words: Words): Words {
  const [first, ...rest] = words;
  return first === undefined ? [] : [{ ...first, text: first.text.toLowerCase() }, ...rest];
}

/** A rule that went and one that came with all it had, at the same distance from nothing else, is the same rule. Old id to new. */
function findRenamed(before: Rules, after: Rules): ReadonlyMap<string, string> {
  const [old, now] = [new Set(before.map(({ id }) => id)), new Set(after.map(({ id }) => id))];
  const come = after.filter(({ id }) => !old.has(id));
  const renamed = new Map<string, string>();
  for (const rule of before) {
    if (now.has(rule.id)) continue;
    const index = come.findIndex((other) => isSame({ ...other, id: '' }, { ...rule, id: '' }));
    const [found] = index < 0 ? [] : come.splice(index, 1);
    if (found !== undefined) renamed.set(rule.id, found.id);
  }
  return renamed;
}

/** The fewest rules whose move explains the new order, with their old places: all but a longest rising row. */
function findMoved(before: readonly string[], after: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map(before.map((id, index) => [id, index]));
  const common = after.flatMap((id) => {
    const place = places.get(id);
    return place === undefined ? [] : [{ id, place }];
  });
  const longest: { readonly length: number; readonly from: number }[] = [];
  for (const [index, { place }] of common.entries()) {
    let best = { length: 1, from: -1 };
    for (let other = 0; other < index; other++) {
      const length = (longest[other]?.length ?? 0) + 1;
      if ((common[other]?.place ?? 0) < place && length > best.length) best = { length, from: other };
    }
    longest.push(best);
  }
  const kept = new Set<number>();
  let at = longest.reduce((best, one, index) => (one.length > (longest[best]?.length ?? 0) ? index : best), 0);
  while (at >= 0 && at < longest.length) {
    kept.add(at);
    at = longest[at]?.from ?? -1;
  }
  return new Map(common.flatMap(({ id, place }, index) => (kept.has(index) ? [] : [[id, place] as const])));
}
