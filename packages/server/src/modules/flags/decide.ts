/** Pure decisions on flags: what a configuration becomes. */
import { isDeepStrictEqual } from 'node:util';
import {
  checkFlag,
  type FlagConfiguration,
  type FlagType,
  type JsonValue,
  type RegexEngine,
} from '@flaghoist/evaluator';
import type { FlagConfigurationEdit, FlagCreate } from '@flaghoist/protocol/management';
import { checkedOr } from '../../platform/entity-check.ts';
import { invalid } from '../../platform/refusal.ts';
import { type ConditionsAt, refuseSlowPatterns } from '../segments/index.ts';

type Values = { readonly [variant: string]: unknown };

/** The configuration a flag begins with, in every environment. */
export function beginConfiguration(input: FlagCreate): FlagConfiguration {
  const variants = input.variants ?? (input.type === 'boolean' ? { on: true, off: false } : {});
  const names = Object.keys(variants);
  if (names.length === 0)
    throw invalid(
      '$.variants',
      'required',
      `A ${input.type} flag needs at least one variant, e.g. {"standard": ${example(input.type)}}.`,
    );
  const offVariant = input.offVariant ?? startOff(input.type, variants);
  const begin = {
    key: input.key,
    type: input.type,
    enabled: input.enabled ?? false,
    variants: variants as { readonly [variant: string]: JsonValue },
    ...(offVariant === undefined ? {} : { offVariant }),
    ...(input.clientVisible === true ? { clientVisible: true } : {}),
    default: { variant: input.defaultVariant ?? startOn(input.type, variants) ?? names[0] ?? '' },
  };
  return checkedOr(checkFlag(begin), '$', `Flag ${input.key}`);
}

/** Applies an edit; members that are absent stay. `$` in a problem's path is `at`. */
export function editConfiguration(
  before: FlagConfiguration,
  edit: FlagConfigurationEdit,
  regex: RegexEngine,
  at = '$',
): FlagConfiguration {
  const { key, type } = before;
  if (edit.variants !== undefined) requireSameVariants(before.variants, edit.variants, at);
  const offVariant = edit.offVariant === undefined ? before.offVariant : (edit.offVariant ?? undefined);
  const prerequisites = edit.prerequisites ?? before.prerequisites ?? [];
  const targets = edit.targets ?? before.targets ?? [];
  const rules = edit.rules ?? before.rules ?? [];
  const after = {
    key,
    type,
    enabled: edit.enabled ?? before.enabled,
    variants: edit.variants === undefined ? before.variants : inOrderOf(before.variants, edit.variants),
    ...(offVariant === undefined ? {} : { offVariant }),
    ...((edit.clientVisible ?? before.clientVisible) ? { clientVisible: true } : {}),
    ...(prerequisites.length > 0 ? { prerequisites } : {}),
    ...(targets.length > 0 ? { targets } : {}),
    ...(rules.length > 0 ? { rules } : {}),
    default: edit.default ?? before.default,
  };
  const checked = checkedOr(checkFlag(after, regex), at, `Flag ${key}`);
  refuseSlowPatterns(conditionsSetBy(edit, at), 'flag');
  return checked;
}

/** The conditions of rules that an edit sets, which passed the evaluator's check. */
export function conditionsSetBy({ rules }: FlagConfigurationEdit, at: string): readonly ConditionsAt[] {
  const checked = (rules ?? []) as NonNullable<FlagConfiguration['rules']>;
  return checked.map(({ conditions }, i) => ({ conditions, at: `${at}.rules[${i}].conditions` }));
}

/** Whether an edit is the kill switch, and nothing beside it. */
export function isTurnOff(before: FlagConfiguration, after: FlagConfiguration): boolean {
  return before.enabled && !after.enabled && isDeepStrictEqual({ ...after, enabled: true }, before);
}

/** Adds variants that no configuration has yet. */
export function addVariants(before: FlagConfiguration, added: Values): FlagConfiguration {
  const checked = checkFlag({ ...before, variants: { ...before.variants, ...added } });
  if (checked.ok) return checked.value;
  const problems = checked.problems.map((one) => ({
    ...one,
    path: one.path.replace(/^\$\.variants/, '$.addVariants'),
  }));
  return checkedOr({ ok: false, problems }, '$', `Flag ${before.key}`);
}

/** Off, without prerequisites, targets and rules: what an environment made later begins with. */
export function asInitial(configuration: FlagConfiguration): FlagConfiguration {
  const { prerequisites: _prerequisites, targets: _targets, rules: _rules, ...rest } = configuration;
  return { ...rest, enabled: false };
}

function requireSameVariants(before: Values, after: Values, at: string): void {
  const missing = Object.keys(before).find((name) => !Object.hasOwn(after, name));
  if (missing !== undefined)
    throw invalid(
      `${at}.variants`,
      'variant_missing',
      `The value of variant ${missing} is missing: send the values of all variants.`,
    );
  const added = Object.keys(after).find((name) => !Object.hasOwn(before, name));
  if (added !== undefined)
    throw invalid(
      `${at}.variants.${added}`,
      'variant_unknown',
      `The flag has no variant ${added}. Variants belong to the flag in all environments: add it with addVariants on the flag.`,
    );
}

function inOrderOf(before: Values, after: Values): Values {
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name]]));
}

function startOn(type: FlagType, variants: Values): string | undefined {
  return type === 'boolean' ? Object.keys(variants).find((name) => variants[name] === true) : undefined;
}

function startOff(type: FlagType, variants: Values): string | undefined {
  return type === 'boolean' ? Object.keys(variants).find((name) => variants[name] === false) : undefined;
}

function example(type: FlagType): string {
  return { boolean: 'true', string: '"blue"', number: '10', object: '{"limit": 10}' }[type];
}
