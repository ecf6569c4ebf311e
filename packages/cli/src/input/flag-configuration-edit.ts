import type { IndividualTarget, Prerequisite } from '@flaghoist/evaluator';
import type { FlagConfigurationEdit, FlagConfigurationResource } from '@flaghoist/protocol/management';
import { CommandFailure, wrongUse } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { isObject, parseJson, parseJsonObject } from './json-input.ts';
import { splitList, splitPair } from './option-values.ts';
import { rolloutServe } from './rollout.ts';

/** The options of `flags set` that change the configuration in one environment. */
export interface ConfigurationOptions {
  readonly enabled?: boolean;
  readonly clientVisible?: boolean;
  readonly offVariant?: string;
  readonly default?: string;
  readonly rollout?: string;
  readonly salt?: string;
  readonly attribute?: string;
  readonly variant?: readonly string[];
  readonly prerequisite?: readonly string[];
  readonly addRule?: readonly string[];
  readonly removeRule?: readonly string[];
  readonly target?: readonly string[];
}

/** Members that mean the same whatever else was changed: an edit of these alone can be repeated on a newer revision. */
const BLIND_MEMBERS: ReadonlySet<string> = new Set(['enabled', 'clientVisible']);

export function isBlind(edit: FlagConfigurationEdit): boolean {
  return Object.keys(edit).every((member) => BLIND_MEMBERS.has(member));
}

export function checkCombination(options: ConfigurationOptions): void {
  if (options.default !== undefined && options.rollout !== undefined) {
    throw wrongUse('--default and --rollout both say what is served when no rule decides. Give one of them.');
  }
  for (const option of ['salt', 'attribute'] as const) {
    if (options[option] !== undefined && options.rollout === undefined) throw wrongUse(`--${option} needs --rollout.`);
  }
}

/**
 * The edit that the options ask for, on top of `base` (members from a file). `newRuleId` names rules that come without
 * an id.
 */
export function configurationEdit(
  read: FlagConfigurationResource,
  base: FlagConfigurationEdit,
  options: ConfigurationOptions,
  newRuleId: () => string,
): FlagConfigurationEdit {
  const current = { ...read, ...base };
  return {
    ...base,
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.clientVisible === undefined ? {} : { clientVisible: options.clientVisible }),
    ...(options.offVariant === undefined
      ? {}
      : { offVariant: options.offVariant === 'none' ? null : options.offVariant }),
    ...(options.default === undefined ? {} : { default: { variant: options.default } }),
    ...(options.rollout === undefined
      ? {}
      : { default: rolloutServe(current.default, { ...options, rollout: options.rollout }) }),
    ...(options.variant === undefined ? {} : { variants: { ...current.variants, ...parseVariants(options.variant) } }),
    ...(options.prerequisite === undefined
      ? {}
      : { prerequisites: editPrerequisites(current.prerequisites, options.prerequisite) }),
    ...(options.addRule === undefined && options.removeRule === undefined
      ? {}
      : { rules: editRules(current.rules, options, newRuleId) }),
    ...(options.target === undefined ? {} : { targets: editTargets(current.targets, options.target) }),
  };
}

/** `name=json` pairs. A value that is not JSON is refused: a string needs its quotes. */
export function parseVariants(pairs: readonly string[]): { readonly [variant: string]: unknown } {
  const variants = new Map<string, unknown>();
  for (const pair of pairs) {
    const [name, json] = splitPair(pair, '--variant', `'blue="#00f"'`);
    if (variants.has(name)) throw wrongUse(`--variant names ${name} twice.`);
    variants.set(name, parseJson(json, `--variant ${name}`));
  }
  return Object.fromEntries(variants);
}

function editRules(current: readonly unknown[], options: ConfigurationOptions, newRuleId: () => string): unknown[] {
  const rules = [...current];
  for (const id of options.removeRule ?? []) {
    const at = rules.findIndex((rule) => isObject(rule) && rule['id'] === id);
    if (at < 0) throw ruleNotFound(id);
    rules.splice(at, 1);
  }
  for (const json of options.addRule ?? []) {
    const rule = parseJsonObject(json, '--add-rule');
    rules.push('id' in rule ? rule : { id: newRuleId(), ...rule });
  }
  return rules;
}

/** Each option says which variants of one other flag are needed; of no variant: that flag is not needed any more. */
function editPrerequisites(current: readonly unknown[], options: readonly string[]): Prerequisite[] {
  const prerequisites = new Map<string, readonly string[]>();
  for (const { flag, variants } of current as readonly Prerequisite[]) prerequisites.set(flag, variants);
  for (const option of options) {
    const [flag, text] = splitPair(option, '--prerequisite', 'login=on');
    prerequisites.set(flag, [...new Set(splitList(text))]);
  }
  return [...prerequisites].flatMap(([flag, variants]) => (variants.length > 0 ? [{ flag, variants }] : []));
}

/** Each option replaces the keys of one variant; a key stands in one variant only, so it leaves the others. */
function editTargets(current: readonly unknown[], options: readonly string[]): IndividualTarget[] {
  const targets = new Map<string, readonly string[]>();
  for (const target of current as readonly IndividualTarget[]) targets.set(target.variant, target.keys);
  for (const option of options) {
    const [variant, text] = splitPair(option, '--target', 'on=user-1,user-2');
    const keys = [...new Set(splitList(text))];
    for (const [other, others] of targets)
      targets.set(
        other,
        others.filter((key) => !keys.includes(key)),
      );
    targets.set(variant, keys);
  }
  return [...targets].filter(([, keys]) => keys.length > 0).map(([variant, keys]) => ({ variant, keys }));
}

function ruleNotFound(id: string): CommandFailure {
  const message = `--remove-rule: there is no rule ${JSON.stringify(id)}. \`flaghoist flags get\` with -e lists the rules.`;
  return new CommandFailure(EXIT.notFound, 'rule_not_found', message);
}
