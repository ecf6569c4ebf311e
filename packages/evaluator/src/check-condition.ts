import {
  checkBoolean,
  checkKey,
  checkList,
  checkObject,
  checkText,
  isObject,
  isPrototypeName,
  type Members,
  shape,
} from './check-json.ts';
import { LIMITS } from './limits.ts';
import type { GroupCondition, Operator } from './model.ts';
import { at, type Path, type Problems, quote } from './problems.ts';

const ATTRIBUTE_CONDITION = shape('an attribute condition', ['attribute', 'operator', 'values'], ['negate']);
const SEGMENT_CONDITION = shape('a segment condition', ['segment'], ['negate']);
const GROUP_CONDITION = shape('a group', ['group', 'conditions'], []);

type Operands = 'any' | 'texts' | 'number' | 'none';

const OPERANDS: ReadonlyMap<unknown, Operands> = new Map<Operator, Operands>([
  ['in', 'any'],
  ['contains', 'texts'],
  ['startsWith', 'texts'],
  ['endsWith', 'texts'],
  ['lessThan', 'number'],
  ['lessOrEqual', 'number'],
  ['greaterThan', 'number'],
  ['greaterOrEqual', 'number'],
  ['exists', 'none'],
]);

const OPERAND_BOUNDS = {
  any: { least: 1, most: LIMITS.values, of: 'values' },
  texts: { least: 1, most: LIMITS.values, of: 'strings' },
  number: { least: 1, most: 1, of: 'numbers' },
  none: { least: 0, most: 0, of: 'values' },
} as const;

const WANTED_OPERAND = { any: 'a string, number or boolean', texts: 'a string', number: 'a number', none: 'nothing' };

const GROUPS: ReadonlySet<unknown> = new Set<GroupCondition['group']>(['all', 'any', 'none']);

/** Conditions still allowed in the entity; counted down over all its lists. */
export interface ConditionBudget {
  left: number;
}

export function createConditionBudget(): ConditionBudget {
  return { left: LIMITS.conditions };
}

/** Checks a list of conditions and everything below it. `least` is 0 where an empty list has a meaning. */
export function checkConditions(
  value: unknown,
  least: 0 | 1,
  budget: ConditionBudget,
  path: Path,
  problems: Problems,
): void {
  checkConditionsAt(value, least, 0, budget, path, problems);
}

function checkConditionsAt(
  value: unknown,
  least: 0 | 1,
  depth: number,
  budget: ConditionBudget,
  path: Path,
  problems: Problems,
): void {
  if (!Array.isArray(value) || value.length < least) {
    checkList(value, { least, most: LIMITS.conditions, of: 'conditions' }, path, problems);
    return;
  }
  const before = budget.left;
  budget.left -= value.length;
  if (budget.left < 0) {
    // Reported by the list that crosses the limit only: the lists after it are not to blame.
    if (before >= 0) {
      const message = `Move conditions into segments: all lists together may hold ${LIMITS.conditions}, groups included.`;
      problems.add(path, 'too_many', message);
    }
    return;
  }
  for (let index = 0; index < value.length && !problems.full; index++) {
    checkCondition(value[index], depth, budget, at(path, index), problems);
  }
}

function checkCondition(value: unknown, depth: number, budget: ConditionBudget, path: Path, problems: Problems): void {
  const kinds = isObject(value) ? ['attribute', 'segment', 'group'].filter((name) => Object.hasOwn(value, name)) : [];
  if (!isObject(value)) {
    problems.add(path, 'not_an_object', 'Write a condition here, as a JSON object.');
  } else if (kinds.length !== 1) {
    problems.add(path, 'bad_condition', 'Give the condition exactly one of "attribute", "segment" and "group".');
  } else if (kinds[0] === 'attribute') {
    checkAttributeCondition(value, path, problems);
  } else if (kinds[0] === 'segment') {
    checkObject(value, SEGMENT_CONDITION, path, problems);
    checkKey(value.segment, 'a segment', at(path, 'segment'), problems);
    if (value.negate !== undefined) checkBoolean(value.negate, at(path, 'negate'), problems);
  } else {
    checkGroup(value, depth, budget, path, problems);
  }
}

function checkGroup(value: Members, depth: number, budget: ConditionBudget, path: Path, problems: Problems): void {
  checkObject(value, GROUP_CONDITION, path, problems);
  if (!GROUPS.has(value.group)) {
    problems.add(at(path, 'group'), 'unknown_group', 'Write "all", "any" or "none".');
  }
  if (depth >= LIMITS.groupDepth) {
    const message = `Move the inner groups into a segment: groups may nest ${LIMITS.groupDepth} deep.`;
    problems.add(path, 'too_deep', message);
  } else if (value.conditions !== undefined) {
    checkConditionsAt(value.conditions, 1, depth + 1, budget, at(path, 'conditions'), problems);
  }
}

function checkAttributeCondition(value: Members, path: Path, problems: Problems): void {
  checkObject(value, ATTRIBUTE_CONDITION, path, problems);
  checkAttribute(value.attribute, at(path, 'attribute'), problems);
  if (value.negate !== undefined) checkBoolean(value.negate, at(path, 'negate'), problems);
  if (value.operator === undefined) return;
  const operands = OPERANDS.get(value.operator);
  if (operands === undefined) {
    problems.add(at(path, 'operator'), 'unknown_operator', `Write one of ${[...OPERANDS.keys()].join(', ')}.`);
  } else if (value.values !== undefined) {
    checkOperands(value.values, operands, at(path, 'values'), problems);
  }
}

function checkOperands(value: unknown, operands: Operands, path: Path, problems: Problems): void {
  if (!checkList(value, OPERAND_BOUNDS[operands], path, problems)) return;
  for (let index = 0; index < value.length && !problems.full; index++) {
    checkOperand(value[index], operands, path, index, problems);
  }
}

function checkOperand(value: unknown, operands: Operands, list: Path, index: number, problems: Problems): void {
  if (typeof value === 'string' && operands !== 'number') {
    if (value.length > LIMITS.textLength) {
      checkText(value, { least: 0, most: LIMITS.textLength }, at(list, index), problems);
    }
  } else if (typeof value === 'number' && operands !== 'texts') {
    if (!Number.isFinite(value)) {
      problems.add(at(list, index), 'not_finite', 'Write a smaller number: this one is not finite.');
    }
  } else if (typeof value !== 'boolean' || operands !== 'any') {
    problems.add(
      at(list, index),
      'wrong_operand',
      `Write ${WANTED_OPERAND[operands]}: the operator compares nothing else.`,
    );
  }
}

/** Checks an attribute path, e.g. `company.plan`. */
export function checkAttribute(value: unknown, path: Path, problems: Problems): void {
  if (value === undefined || !checkText(value, { least: 1, most: LIMITS.attributeLength }, path, problems)) return;
  const steps = value.split('.');
  if (steps.includes('')) {
    problems.add(path, 'bad_attribute', `Write a name on both sides of every dot of ${quote(value)}.`);
  }
  const forbidden = steps.find(isPrototypeName);
  if (forbidden !== undefined) {
    problems.add(path, 'bad_attribute', `Rename "${forbidden}": it would reach prototypes, not data.`);
  }
}
