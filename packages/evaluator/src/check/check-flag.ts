import { checkConditions, type ConditionChecks, createConditionChecks } from './check-condition.ts';
import {
  checkBoolean,
  checkKey,
  checkList,
  checkObject,
  checkTargetingKeys,
  checkText,
  isObject,
  shape,
} from './check-json.ts';
import { checkPrerequisites } from './check-prerequisites.ts';
import { checkServe, checkVariantName, type Variants } from './check-serve.ts';
import { checkValue, FLAG_TYPES } from './check-value.ts';
import { LIMITS } from '../limits.ts';
import type { Checked, FlagConfiguration, FlagType, RegexEngine } from '../model.ts';
import { at, type Path, Problems, quote, ROOT } from './problems.ts';

const FLAG = shape(
  'a flag configuration',
  ['key', 'type', 'enabled', 'variants', 'default'],
  ['offVariant', 'clientVisible', 'prerequisites', 'targets', 'rules'],
);
const TARGET = shape('an individual target', ['variant', 'keys'], []);
const RULE = shape('a rule', ['id', 'conditions', 'serve'], ['description']);

const TARGETS = { least: 0, most: LIMITS.targets, of: 'individual targets' } as const;
const RULES = { least: 0, most: LIMITS.rules, of: 'rules' } as const;
const DESCRIPTION = { least: 0, most: LIMITS.descriptionLength } as const;

/**
 * Checks that parsed JSON is a flag configuration that can be evaluated, and returns it unchanged, not copied.
 *
 * Finds all problems up to `LIMITS.problems`, each with its path, a stable code and how to mend it. Never throws for
 * parsed JSON. Members it does not know are problems (see the model). Regular expressions are compiled by `engine`;
 * without one, only their length is checked. Flags and segments it names are not looked up.
 */
export function checkFlag(value: unknown, engine?: RegexEngine): Checked<FlagConfiguration> {
  const problems = new Problems();
  if (checkObject(value, FLAG, ROOT, problems)) {
    if (value.key !== undefined) checkKey(value.key, 'a flag', at(ROOT, 'key'), problems);
    if (value.enabled !== undefined) checkBoolean(value.enabled, at(ROOT, 'enabled'), problems);
    if (value.clientVisible !== undefined) checkBoolean(value.clientVisible, at(ROOT, 'clientVisible'), problems);
    const type = value.type === undefined ? null : checkType(value.type, problems);
    const variants = checkVariants(value.variants, type, problems);
    if (value.offVariant !== undefined) {
      checkVariantName(value.offVariant, variants, at(ROOT, 'offVariant'), problems);
    }
    if (value.prerequisites !== undefined) {
      checkPrerequisites(value.prerequisites, value.key, at(ROOT, 'prerequisites'), problems);
    }
    if (value.targets !== undefined) checkTargets(value.targets, variants, problems);
    if (value.rules !== undefined) checkRules(value.rules, variants, createConditionChecks(engine), problems);
    checkServe(value.default, variants, at(ROOT, 'default'), problems);
  }
  return problems.conclude(value as FlagConfiguration);
}

function checkType(value: unknown, problems: Problems): FlagType | null {
  const type = FLAG_TYPES.find((name) => name === value);
  if (type !== undefined) return type;
  problems.add(at(ROOT, 'type'), 'unknown_type', `Write one of ${FLAG_TYPES.join(', ')}.`);
  return null;
}

function checkVariants(value: unknown, type: FlagType | null, problems: Problems): Variants {
  const path = at(ROOT, 'variants');
  if (value === undefined) return null;
  if (!isObject(value)) {
    problems.add(path, 'not_an_object', 'Write the variants here, as a JSON object of names and values.');
    return null;
  }
  const names = Object.keys(value);
  if (names.length === 0) problems.add(path, 'too_few', 'Add a variant: a flag has at least one.');
  if (names.length > LIMITS.variants) {
    problems.add(path, 'too_many', `Keep at most ${LIMITS.variants} variants, not ${names.length}.`);
    return value;
  }
  for (const name of names) {
    if (checkKey(name, 'a variant', at(path, name), problems)) {
      checkValue(value[name], type, at(path, name), problems);
    }
  }
  return value;
}

function checkTargets(value: unknown, variants: Variants, problems: Problems): void {
  const path = at(ROOT, 'targets');
  if (!checkList(value, TARGETS, path, problems)) return;
  const owners = new Map<string, number>();
  for (let index = 0; index < value.length && !problems.full; index++) {
    const target = value[index];
    const place = at(path, index);
    if (!checkObject(target, TARGET, place, problems)) continue;
    if (target.variant !== undefined) checkVariantName(target.variant, variants, at(place, 'variant'), problems);
    const keysPath = at(place, 'keys');
    if (target.keys !== undefined && checkTargetingKeys(target.keys, keysPath, problems)) {
      claimKeys(target.keys, index, owners, keysPath, problems);
    }
  }
}

function claimKeys(
  keys: readonly string[],
  target: number,
  owners: Map<string, number>,
  path: Path,
  problems: Problems,
): void {
  for (let index = 0; index < keys.length && !problems.full; index++) {
    const key = keys[index] ?? '';
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, target);
    else if (owner !== target) {
      const message = `Remove ${quote(key)} here or from targets[${owner}]: a targeting key stands in one target only.`;
      problems.add(at(path, index), 'duplicate_targeting_key', message);
    }
  }
}

function checkRules(value: unknown, variants: Variants, checks: ConditionChecks, problems: Problems): void {
  const path = at(ROOT, 'rules');
  if (!checkList(value, RULES, path, problems)) return;
  const ids = new Set<unknown>();
  for (let index = 0; index < value.length && !problems.full; index++) {
    checkRule(value[index], variants, { ids, checks }, at(path, index), problems);
  }
}

function checkRule(
  value: unknown,
  variants: Variants,
  flag: { readonly ids: Set<unknown>; readonly checks: ConditionChecks },
  path: Path,
  problems: Problems,
): void {
  if (!checkObject(value, RULE, path, problems)) return;
  const { id, description, conditions } = value;
  if (id !== undefined && checkKey(id, 'a rule', at(path, 'id'), problems)) {
    if (flag.ids.has(id)) {
      problems.add(at(path, 'id'), 'duplicate_rule', `Rename ${quote(id)}: another rule of this flag has that id.`);
    }
    flag.ids.add(id);
  }
  if (description !== undefined) {
    checkText(description, DESCRIPTION, at(path, 'description'), problems);
  }
  if (conditions !== undefined) checkConditions(conditions, 1, flag.checks, at(path, 'conditions'), problems);
  checkServe(value.serve, variants, at(path, 'serve'), problems);
}
