/** Operators, and what the values of their conditions may be. */
import { checkList, type Members } from './check-json.ts';
import { parseDateTime } from '../conditions/date-time.ts';
import { isIpRange } from '../conditions/ip-range.ts';
import { LIMITS } from '../limits.ts';
import type { Operator, RegexEngine } from '../model.ts';
import { at, type Path, type ProblemCode, type Problems, quote } from './problems.ts';
import { parseVersion, readLenientVersion } from '../conditions/semver.ts';

type OperandKind = 'any' | 'text' | 'pattern' | 'number' | 'version' | 'dateTime' | 'ipRange' | 'none';

interface Operands {
  readonly kind: OperandKind;
  readonly bounds: { readonly least: number; readonly most: number; readonly of: string };
  /** Whether `ignoreCase` has a meaning. */
  readonly cased: boolean;
  /** Whether the values are tried one by one. */
  readonly tried: boolean;
}

const ANY = operands('any', 1, LIMITS.values, true);
const TEXTS = operands('text', 1, LIMITS.textValues, true, true);
const PATTERNS = operands('pattern', 1, LIMITS.patterns, true, true);
const NUMBER = operands('number', 1, 1);
const VERSIONS = operands('version', 1, LIMITS.textValues, false, true);
const VERSION = operands('version', 1, 1);
const DATE_TIME = operands('dateTime', 1, 1);
const IP_RANGES = operands('ipRange', 1, LIMITS.values);
const NONE = operands('none', 0, 0);

const OPERANDS: ReadonlyMap<unknown, Operands> = new Map<Operator, Operands>([
  ['in', ANY],
  ['contains', TEXTS],
  ['startsWith', TEXTS],
  ['endsWith', TEXTS],
  ['matches', PATTERNS],
  ['lessThan', NUMBER],
  ['lessOrEqual', NUMBER],
  ['greaterThan', NUMBER],
  ['greaterOrEqual', NUMBER],
  ['semverEqual', VERSIONS],
  ['semverLessThan', VERSION],
  ['semverLessOrEqual', VERSION],
  ['semverGreaterThan', VERSION],
  ['semverGreaterOrEqual', VERSION],
  ['semverSameMajor', VERSION],
  ['semverSameMinor', VERSION],
  ['before', DATE_TIME],
  ['after', DATE_TIME],
  ['inIpRange', IP_RANGES],
  ['exists', NONE],
]);

const WANTED: { readonly [kind in OperandKind]: string } = {
  any: 'a string, number or boolean',
  text: 'a string',
  pattern: 'a regular expression as a string',
  number: 'a number',
  version: 'a version as a string',
  dateTime: 'a date-time as a string, or milliseconds since 1970 as a number',
  ipRange: 'an IP address or a CIDR block as a string',
  none: 'nothing',
};

function operands(kind: OperandKind, least: number, most: number, cased = false, tried = false): Operands {
  return { kind, bounds: { least, most, of: 'values' }, cased, tried };
}

/** What the checks of one entity's operations have in common. */
export interface OperationChecks {
  /** Values that are tried one by one, and patterns among them, still allowed in the entity. */
  textValuesLeft: number;
  patternsLeft: number;
  /** Null: patterns are not compiled. */
  readonly engine: RegexEngine | null;
}

export function createOperationChecks(engine: RegexEngine | undefined): OperationChecks {
  return { textValuesLeft: LIMITS.entityTextValues, patternsLeft: LIMITS.entityPatterns, engine: engine ?? null };
}

/** Checks the operator of an attribute condition, and its values under that operator. */
export function checkOperation(condition: Members, checks: OperationChecks, path: Path, problems: Problems): void {
  const { operator, values, ignoreCase } = condition;
  if (operator === undefined) return;
  const wanted = OPERANDS.get(operator);
  if (wanted === undefined) {
    problems.add(at(path, 'operator'), 'unknown_operator', `Write one of ${[...OPERANDS.keys()].join(', ')}.`);
    return;
  }
  if (ignoreCase !== undefined && !wanted.cased) {
    problems.add(at(path, 'ignoreCase'), 'forbidden_member', 'Remove "ignoreCase": this operator compares no letters.');
  }
  const place = at(path, 'values');
  if (values === undefined || !checkList(values, wanted.bounds, place, problems)) return;
  if (wanted.tried && !countTried(wanted.kind, values.length, checks, place, problems)) return;
  for (let index = 0; index < values.length && !problems.full; index++) {
    const fault = operandFault(values[index], wanted.kind, condition, checks.engine);
    if (fault !== null) problems.add(at(place, index), fault.code, fault.message);
  }
}

/** Reported by the list that crosses the limit only: the lists after it are not to blame. */
function countTried(
  kind: OperandKind,
  count: number,
  checks: OperationChecks,
  path: Path,
  problems: Problems,
): boolean {
  const { textValuesLeft, patternsLeft } = checks;
  checks.textValuesLeft -= count;
  if (kind === 'pattern') checks.patternsLeft -= count;
  if (checks.patternsLeft < 0) {
    const message = `Keep at most ${LIMITS.entityPatterns} patterns in all conditions of a flag or segment.`;
    return patternsLeft >= 0 && problems.add(path, 'too_many', message);
  }
  if (checks.textValuesLeft >= 0) return true;
  const message = `Keep at most ${LIMITS.entityTextValues} values that are tried one by one in a flag or segment, or use "in".`;
  return textValuesLeft >= 0 && problems.add(path, 'too_many', message);
}

interface Fault {
  readonly code: ProblemCode;
  readonly message: string;
}

function operandFault(value: unknown, kind: OperandKind, condition: Members, engine: RegexEngine | null): Fault | null {
  if (typeof value === 'string' && kind !== 'number') return textFault(value, kind, condition, engine);
  if (typeof value === 'number' && (kind === 'any' || kind === 'number' || kind === 'dateTime')) {
    if (Number.isFinite(value)) return null;
    return { code: 'not_finite', message: 'Write a smaller number: this one is not finite.' };
  }
  if (typeof value === 'boolean' && kind === 'any') return null;
  return { code: 'wrong_operand', message: `Write ${WANTED[kind]}: the operator compares nothing else.` };
}

function textFault(value: string, kind: OperandKind, condition: Members, engine: RegexEngine | null): Fault | null {
  const most = kind === 'pattern' ? LIMITS.patternLength : LIMITS.textLength;
  if (value.length > most) {
    return { code: 'too_long', message: `Shorten the string to ${most} characters; it has ${value.length}.` };
  }
  switch (kind) {
    case 'pattern':
      return engine === null ? null : patternFault(value, condition.ignoreCase === true, engine);
    case 'version':
      return versionFault(value, condition.dialect === 'flagd');
    case 'dateTime':
      return dateTimeFault(value);
    case 'ipRange':
      return ipRangeFault(value);
    default:
      return null;
  }
}

function patternFault(value: string, ignoreCase: boolean, engine: RegexEngine): Fault | null {
  try {
    engine.compile(value, ignoreCase);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 160).replace(/[.]$/, '') : 'it does not compile';
    const message = `Write a regular expression of RE2's syntax instead of ${quote(value)}: ${reason}.`;
    return { code: 'bad_pattern', message };
  }
}

function versionFault(value: string, lenient: boolean): Fault | null {
  if (parseVersion(lenient ? readLenientVersion(value) : value) !== null) return null;
  const message = `Write a version of three numbers such as 1.20.3 or 2.0.0-rc.1, of at most ${LIMITS.versionLength} characters, not ${quote(value)}.`;
  return { code: 'bad_version', message };
}

function dateTimeFault(value: string): Fault | null {
  if (!Number.isNaN(parseDateTime(value))) return null;
  const message = `Write a date, a time and an offset such as 2026-03-01T09:30:00+01:00, not ${quote(value)}.`;
  return { code: 'bad_date_time', message };
}

function ipRangeFault(value: string): Fault | null {
  if (isIpRange(value)) return null;
  const message = `Write an IP address or a CIDR block such as 192.0.2.0/24 or 2001:db8::/32, not ${quote(value)}.`;
  return { code: 'bad_ip_range', message };
}
