/** What the values of an operator are, for forms. The evaluator's check has the last word. */
import type { AttributeCondition, Operator } from '@flaghoist/evaluator';

export type OperandKind = 'any' | 'text' | 'pattern' | 'number' | 'version' | 'dateTime' | 'ipRange' | 'none';
export type Value = AttributeCondition['values'][number];

export interface Operands {
  readonly kind: OperandKind;
  /** Exactly one value. */
  readonly single: boolean;
  /** Whether upper and lower case can be taken for one. */
  readonly cased: boolean;
}

const of = (kind: OperandKind, single: boolean, cased = false): Operands => ({ kind, single, cased });

export const OPERANDS: { readonly [operator in Operator]: Operands } = {
  in: of('any', false, true),
  contains: of('text', false, true),
  startsWith: of('text', false, true),
  endsWith: of('text', false, true),
  matches: of('pattern', false, true),
  lessThan: of('number', true),
  lessOrEqual: of('number', true),
  greaterThan: of('number', true),
  greaterOrEqual: of('number', true),
  semverEqual: of('version', false),
  semverLessThan: of('version', true),
  semverLessOrEqual: of('version', true),
  semverGreaterThan: of('version', true),
  semverGreaterOrEqual: of('version', true),
  semverSameMajor: of('version', true),
  semverSameMinor: of('version', true),
  before: of('dateTime', true),
  after: of('dateTime', true),
  inIpRange: of('ipRange', false),
  exists: of('none', false),
};

/** A condition under another operator: values that the new one can hold stay, the others go. */
export function withOperator(condition: AttributeCondition, operator: Operator, negate: boolean): AttributeCondition {
  const { kind, single, cased } = OPERANDS[operator];
  const { negate: _negate, ignoreCase, ...rest } = condition;
  const fitting = condition.values.filter((value) => fits(value, kind));
  return {
    ...rest,
    operator,
    values: single ? fitting.slice(0, 1) : fitting,
    ...(cased && ignoreCase === true ? { ignoreCase } : {}),
    ...(negate ? { negate } : {}),
  };
}

function fits(value: Value, kind: OperandKind): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'none':
      return false;
    case 'number':
      return typeof value === 'number';
    case 'dateTime':
      return typeof value === 'number' || !Number.isNaN(Date.parse(String(value)));
    case 'version':
      return typeof value === 'string' && /^v?\d+(?:\.\d+)*/.test(value);
    case 'ipRange':
      return typeof value === 'string' && /^[\da-f.:/]+$/i.test(value);
    default:
      return typeof value === 'string';
  }
}

export type ValueType = 'text' | 'number' | 'boolean';

export function typeOf(value: Value): ValueType {
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
}

/** What was typed, as a value of this type; null when it is none. */
export function readValue(text: string, type: ValueType): Value | null {
  const trimmed = text.trim();
  switch (type) {
    case 'text':
      return trimmed === '' ? null : trimmed;
    case 'number': {
      const number = Number(trimmed);
      return trimmed === '' || !Number.isFinite(number) ? null : number;
    }
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : null;
  }
}

/** The type that all values have, for the next one; text when there are none or several. */
export function likelyType(values: readonly Value[]): ValueType {
  const types = new Set(values.map(typeOf));
  const [only] = types;
  return types.size === 1 && only !== undefined ? only : 'text';
}
