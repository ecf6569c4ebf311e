import { checkAttribute } from './check-attribute.ts';
import { checkBucketCondition } from './check-bucketing.ts';
import { checkBoolean, checkKey, checkList, checkObject, isObject, type Members, shape } from './check-json.ts';
import { checkOperation, createOperationChecks, type OperationChecks } from './check-operand.ts';
import { LIMITS } from '../limits.ts';
import type { Dialect, GroupCondition, RegexEngine } from '../model.ts';
import { at, type Path, type Problems } from './problems.ts';

const ATTRIBUTE_CONDITION = shape(
  'an attribute condition',
  ['attribute', 'operator', 'values'],
  ['ignoreCase', 'dialect', 'negate'],
);
const SEGMENT_CONDITION = shape('a segment condition', ['segment'], ['negate']);
const GROUP_CONDITION = shape('a group', ['group', 'conditions'], []);

const GROUPS: ReadonlySet<unknown> = new Set<GroupCondition['group']>(['all', 'any', 'none']);
const DIALECTS: ReadonlySet<unknown> = new Set<Dialect>(['unleash', 'flagd']);

/** What the checks of one entity's conditions have in common. */
export interface ConditionChecks extends OperationChecks {
  /** Conditions still allowed in the entity; counted down over all its lists. */
  left: number;
}

export function createConditionChecks(engine: RegexEngine | undefined): ConditionChecks {
  return { left: LIMITS.conditions, ...createOperationChecks(engine) };
}

/** Checks a list of conditions and everything below it. `least` is 0 where an empty list has a meaning. */
export function checkConditions(
  value: unknown,
  least: 0 | 1,
  checks: ConditionChecks,
  path: Path,
  problems: Problems,
): void {
  checkConditionsAt(value, least, 0, checks, path, problems);
}

function checkConditionsAt(
  value: unknown,
  least: 0 | 1,
  depth: number,
  checks: ConditionChecks,
  path: Path,
  problems: Problems,
): void {
  if (!Array.isArray(value) || value.length < least) {
    checkList(value, { least, most: LIMITS.conditions, of: 'conditions' }, path, problems);
    return;
  }
  const before = checks.left;
  checks.left -= value.length;
  if (checks.left < 0) {
    // Reported by the list that crosses the limit only: the lists after it are not to blame.
    if (before >= 0) {
      const message = `Move conditions into segments: all lists together may hold ${LIMITS.conditions}, groups included.`;
      problems.add(path, 'too_many', message);
    }
    return;
  }
  for (let index = 0; index < value.length && !problems.full; index++) {
    checkCondition(value[index], depth, checks, at(path, index), problems);
  }
}

function checkCondition(value: unknown, depth: number, checks: ConditionChecks, path: Path, problems: Problems): void {
  if (!isObject(value)) {
    problems.add(path, 'not_an_object', 'Write a condition here, as a JSON object.');
    return;
  }
  const { attribute, bucket, segment, group } = value;
  const kinds =
    Number(attribute !== undefined) +
    Number(bucket !== undefined) +
    Number(segment !== undefined) +
    Number(group !== undefined);
  if (kinds !== 1) {
    const message = 'Give the condition exactly one of "attribute", "bucket", "segment" and "group".';
    problems.add(path, 'bad_condition', message);
  } else if (attribute !== undefined) {
    checkAttributeCondition(value, checks, path, problems);
  } else if (segment !== undefined) {
    checkSegmentCondition(value, path, problems);
  } else if (bucket !== undefined) {
    checkBucketCondition(value, path, problems);
  } else {
    checkGroup(value, depth, checks, path, problems);
  }
}

function checkSegmentCondition(value: Members, path: Path, problems: Problems): void {
  checkObject(value, SEGMENT_CONDITION, path, problems);
  checkKey(value.segment, 'a segment', at(path, 'segment'), problems);
  if (value.negate !== undefined) checkBoolean(value.negate, at(path, 'negate'), problems);
}

function checkGroup(value: Members, depth: number, checks: ConditionChecks, path: Path, problems: Problems): void {
  checkObject(value, GROUP_CONDITION, path, problems);
  if (!GROUPS.has(value.group)) {
    problems.add(at(path, 'group'), 'unknown_group', 'Write "all", "any" or "none".');
  }
  if (depth >= LIMITS.groupDepth) {
    const message = `Move the inner groups into a segment: groups may nest ${LIMITS.groupDepth} deep.`;
    problems.add(path, 'too_deep', message);
  } else if (value.conditions !== undefined) {
    checkConditionsAt(value.conditions, 1, depth + 1, checks, at(path, 'conditions'), problems);
  }
}

function checkAttributeCondition(value: Members, checks: OperationChecks, path: Path, problems: Problems): void {
  checkObject(value, ATTRIBUTE_CONDITION, path, problems);
  checkAttribute(value.attribute, at(path, 'attribute'), problems);
  checkOperation(value, checks, path, problems);
  if (value.ignoreCase !== undefined) checkBoolean(value.ignoreCase, at(path, 'ignoreCase'), problems);
  if (value.negate !== undefined) checkBoolean(value.negate, at(path, 'negate'), problems);
  if (value.dialect !== undefined && !DIALECTS.has(value.dialect)) {
    problems.add(at(path, 'dialect'), 'unknown_dialect', `Write one of ${[...DIALECTS].join(', ')}, or nothing.`);
  }
}
