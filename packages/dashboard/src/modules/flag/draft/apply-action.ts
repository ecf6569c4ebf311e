import type { Rule } from '@flaghoist/evaluator';
import type { Action, Serving } from './actions.ts';
import { addInto, changeAt } from './conditions.ts';
import type { Configuration } from './configuration.ts';
import { addKeys, removeKeys } from './targets.ts';

/** The configuration after an action. What names something that is not there changes nothing. */
export function applyAction(before: Configuration, action: Action): Configuration {
  switch (action.do) {
    case 'enable':
      return { ...before, enabled: action.enabled };
    case 'set value':
      return Object.hasOwn(before.variants, action.variant)
        ? { ...before, variants: { ...before.variants, [action.variant]: action.value } }
        : before;
    case 'set off variant':
      return { ...before, offVariant: action.variant };
    case 'set client visible':
      return { ...before, clientVisible: action.visible };
    case 'add keys':
      return { ...before, targets: addKeys(before.targets, action.variant, action.keys) };
    case 'remove keys':
      return { ...before, targets: removeKeys(before.targets, action.keys) };
    case 'replace':
      return { ...before, ...action.members };
    case 'serve':
      return setServe(before, action.serving, action.serve);
    case 'add prerequisite':
    case 'set prerequisite':
    case 'remove prerequisite':
      return { ...before, prerequisites: applyToPrerequisites(before, action) };
    default:
      return { ...before, rules: applyToRules(before.rules, action) };
  }
}

type Rules = readonly Rule[];
type PrerequisiteAction = Extract<Action, { readonly do: `${string} prerequisite` }>;
type RuleAction = Extract<Action, { readonly do: `${string} rule` | `${string} condition` }>;

function setServe(before: Configuration, serving: Serving, serve: Configuration['default']): Configuration {
  if (serving.in === 'default') return { ...before, default: serve };
  return { ...before, rules: changeRule(before.rules, serving.rule, (rule) => ({ ...rule, serve })) };
}

function applyToPrerequisites(
  { prerequisites }: Configuration,
  action: PrerequisiteAction,
): Configuration['prerequisites'] {
  const { flag } = action;
  if (action.do === 'remove prerequisite') return prerequisites.filter((one) => one.flag !== flag);
  const isThere = prerequisites.some((one) => one.flag === flag);
  if (action.do === 'add prerequisite' && !isThere) return [...prerequisites, { flag, variants: action.variants }];
  return prerequisites.map((one) => (one.flag === flag ? { ...one, variants: action.variants } : one));
}

function applyToRules(rules: Rules, action: RuleAction): Rules {
  switch (action.do) {
    case 'add rule':
      return isTaken(rules, action.rule.id) ? rules : insertAt(rules, action.at ?? rules.length, action.rule);
    case 'duplicate rule': {
      const index = rules.findIndex((rule) => rule.id === action.rule);
      const original = rules[index];
      return original === undefined || isTaken(rules, action.id)
        ? rules
        : insertAt(rules, index + 1, { ...original, id: action.id });
    }
    case 'remove rule':
      return rules.filter((rule) => rule.id !== action.rule);
    case 'move rule':
      return moveRule(rules, action.rule, action.to);
    case 'rename rule':
      return isTaken(rules, action.id) ? rules : changeRule(rules, action.rule, (rule) => ({ ...rule, id: action.id }));
    case 'describe rule':
      return changeRule(rules, action.rule, ({ description: _before, ...rule }) =>
        action.description === '' ? rule : { ...rule, description: action.description },
      );
    case 'add condition':
      return changeConditions(rules, action.rule, (list) => addInto(list, action.into, action.condition));
    case 'set condition':
      return changeConditions(rules, action.place.rule, (list) =>
        changeAt(list, action.place.at, () => [action.condition]),
      );
    case 'remove condition':
      return changeConditions(rules, action.place.rule, (list) => changeAt(list, action.place.at, () => []));
  }
}

function isTaken(rules: Rules, id: string): boolean {
  return rules.some((rule) => rule.id === id);
}

function changeRule(rules: Rules, id: string, change: (rule: Rule) => Rule): Rules {
  return rules.map((rule) => (rule.id === id ? change(rule) : rule));
}

function changeConditions(
  rules: Rules,
  id: string,
  change: (conditions: Rule['conditions']) => Rule['conditions'],
): Rules {
  return changeRule(rules, id, (rule) => ({ ...rule, conditions: change(rule.conditions) }));
}

function insertAt(rules: Rules, index: number, rule: Rule): Rules {
  return [...rules.slice(0, index), rule, ...rules.slice(index)];
}

/** `to`: the place it has afterwards; ends of the list stop it. */
function moveRule(rules: Rules, id: string, to: number): Rules {
  const moved = rules.find((rule) => rule.id === id);
  if (moved === undefined) return rules;
  const others = rules.filter((rule) => rule.id !== id);
  return insertAt(others, Math.max(0, Math.min(others.length, to)), moved);
}
