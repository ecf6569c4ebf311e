/** What differs between two configurations, change by change, in plain words. */
import type { JsonValue } from '@flaghoist/evaluator';
import type { Configuration, Values } from '../draft/configuration.ts';
import { isSame } from '../draft/same.ts';
import { variantByKey } from '../draft/targets.ts';
import { changed, type Difference } from './difference.ts';
import { describeRules } from './rule-change-words.ts';
import { nowServes } from './serve-change-words.ts';
import { prerequisiteWords } from './serve-words.ts';
import { remark, someOf, text, valueSpan, variantSpan, type Words } from './span.ts';
import { shortened } from './value-words.ts';

/** In the order in which an evaluation meets what changed. */
export function describeDifferences(before: Configuration, after: Configuration): readonly Difference[] {
  return [
    ...describeSwitches(before, after),
    ...describeValues(before.variants, after.variants),
    ...describePrerequisites(before.prerequisites, after.prerequisites),
    ...describeTargets(before.targets, after.targets),
    ...describeRules(before.rules, after.rules),
    ...(isSame(before.default, after.default)
      ? []
      : [changed(text('The default '), ...nowServes(before.default, after.default))]),
  ];
}

function describeSwitches(before: Configuration, after: Configuration): readonly Difference[] {
  const found: Difference[] = [];
  if (before.enabled !== after.enabled) found.push(changed(text(after.enabled ? 'Turned on' : 'Turned off')));
  if (before.offVariant !== after.offVariant)
    found.push(changed(text('Off now serves '), ...off(after.offVariant), text(', was '), ...off(before.offVariant)));
  if (before.clientVisible !== after.clientVisible)
    found.push(
      changed(text(after.clientVisible ? 'Client keys may now ask for it' : 'Client keys may no longer ask for it')),
    );
  return found;
}

function off(variant: string | null): Words {
  return [variant === null ? text('nothing (code uses its own default)') : variantSpan(variant)];
}

function describeValues(before: Values, after: Values): readonly Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): readonly Difference[] => {
    const [was, is] = [before[name], after[name]];
    if (isSame(was, is)) return [];
    if (was === undefined)
      return [{ kind: 'added', words: [text('Added variant '), variantSpan(name), text(': '), json(is)] }];
    if (is === undefined) return [{ kind: 'removed', words: [text('Removed variant '), variantSpan(name)] }];
    return [changed(text('Variant '), variantSpan(name), text(' is now '), json(is), text(', was '), json(was))];
  });
}

function json(value: JsonValue | undefined) {
  return valueSpan(shortened(JSON.stringify(value) ?? 'nothing'));
}

type Prerequisites = Configuration['prerequisites'];

function describePrerequisites(before: Prerequisites, after: Prerequisites): readonly Difference[] {
  const found: Difference[] = [];
  const was = new Map(before.map((one) => [one.flag, one]));
  const is = new Set(after.map(({ flag }) => flag));
  for (const one of before)
    if (!is.has(one.flag))
      found.push({ kind: 'removed', words: [text('No longer needs '), { kind: 'flag', text: one.flag }] });
  for (const one of after) {
    const old = was.get(one.flag);
    if (old === undefined) found.push({ kind: 'added', words: [text('Now n'), ...tail(prerequisiteWords(one))] });
    else if (!isSame(old.variants, one.variants)) found.push(changed(text('Now n'), ...tail(prerequisiteWords(one))));
  }
  return found;
}

/** Without the capital that begins a sentence. */
function tail(words: Words): Words {
  const [first, ...rest] = words;
  return first === undefined ? [] : [{ ...first, text: first.text.slice(1) }, ...rest];
}

/** Keys that are named; the others are counted. */
const SHOWN_KEYS = 3;

function describeTargets(before: Configuration['targets'], after: Configuration['targets']): readonly Difference[] {
  if (isSame(before, after)) return [];
  const [was, is] = [variantByKey(before), variantByKey(after)];
  const gone = new Map<string, string[]>();
  const come = new Map<string, string[]>();
  const note = (to: Map<string, string[]>, variant: string, key: string) => {
    const keys = to.get(variant);
    if (keys === undefined) to.set(variant, [key]);
    else keys.push(key);
  };
  for (const [key, variant] of was) if (is.get(key) === undefined) note(gone, variant, key);
  for (const [key, variant] of is) if (was.get(key) !== variant) note(come, variant, key);
  return [
    ...[...come].map(([variant, keys]) => targeted('added', variant, keys)),
    ...[...gone].map(([variant, keys]) => targeted('removed', variant, keys)),
  ];
}

function targeted(kind: 'added' | 'removed', variant: string, keys: readonly string[]): Difference {
  const shown = someOf(
    keys.map((key): Words => [valueSpan(shortened(key))]),
    SHOWN_KEYS,
  );
  const verb = kind === 'added' ? 'Now targeted with ' : 'No longer targeted with ';
  return { kind, words: [text(verb), variantSpan(variant), text(': '), ...shown] };
}

/** One sentence about several changes, for a note: `turned on, and 2 more`. */
export function inShort(differences: readonly Difference[]): Words {
  const [first, ...rest] = differences;
  if (first === undefined) return [];
  return rest.length === 0 ? first.words : [...first.words, remark(` and ${rest.length} more`)];
}
