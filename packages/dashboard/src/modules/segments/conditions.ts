/**
 * Conditions as a form edits them: attribute conditions by fields, everything else as its JSON. Knows nothing of segments or flags, so
 * that any editor of conditions can use it.
 */
import type { AttributeCondition, Condition, Operator } from '@flaghoist/evaluator';

/** How an operator's values are written. */
export type ValueKind = 'any' | 'text' | 'number' | 'version' | 'time' | 'range' | 'none';

export interface OperatorWords {
  readonly operator: Operator;
  /** Between attribute and values: “plan is one of pro, team”. */
  readonly is: string;
  readonly isNot: string;
  readonly kind: ValueKind;
  /** Takes one value only. */
  readonly single: boolean;
  readonly group: 'Texts' | 'Numbers' | 'Times' | 'Versions' | 'Others';
}

const op = (
  operator: Operator,
  is: string,
  isNot: string,
  kind: ValueKind,
  group: OperatorWords['group'],
  single = false,
): OperatorWords => ({
  operator,
  is,
  isNot,
  kind,
  single,
  group,
});

export const OPERATORS: readonly OperatorWords[] = [
  op('in', 'is one of', 'is none of', 'any', 'Texts'),
  op('contains', 'contains', 'does not contain', 'text', 'Texts'),
  op('startsWith', 'starts with', 'does not start with', 'text', 'Texts'),
  op('endsWith', 'ends with', 'does not end with', 'text', 'Texts'),
  op('matches', 'matches', 'does not match', 'text', 'Texts'),
  op('lessThan', 'is less than', 'is not less than', 'number', 'Numbers', true),
  op('lessOrEqual', 'is at most', 'is not at most', 'number', 'Numbers', true),
  op('greaterThan', 'is greater than', 'is not greater than', 'number', 'Numbers', true),
  op('greaterOrEqual', 'is at least', 'is not at least', 'number', 'Numbers', true),
  op('before', 'is before', 'is not before', 'time', 'Times', true),
  op('after', 'is after', 'is not after', 'time', 'Times', true),
  op('semverEqual', 'is version', 'is not version', 'version', 'Versions'),
  op('semverLessThan', 'is a version before', 'is not a version before', 'version', 'Versions', true),
  op('semverLessOrEqual', 'is a version up to', 'is not a version up to', 'version', 'Versions', true),
  op('semverGreaterThan', 'is a version after', 'is not a version after', 'version', 'Versions', true),
  op('semverGreaterOrEqual', 'is a version from', 'is not a version from', 'version', 'Versions', true),
  op('semverSameMajor', 'has the major version of', 'has not the major version of', 'version', 'Versions', true),
  op('semverSameMinor', 'has the minor version of', 'has not the minor version of', 'version', 'Versions', true),
  op('inIpRange', 'is in the network', 'is not in the network', 'range', 'Others'),
  op('exists', 'is known', 'is not known', 'none', 'Others'),
];

const WORDS: ReadonlyMap<string, OperatorWords> = new Map(OPERATORS.map((words) => [words.operator, words]));

export function operatorWords(operator: Operator): OperatorWords {
  return WORDS.get(operator) ?? op(operator, operator, `not ${operator}`, 'any', 'Others');
}

/** One line of the form. */
export type Row =
  | { readonly id: number; readonly kind: 'attribute'; readonly condition: AttributeCondition }
  /** `text` is what was typed, valid or not. */
  | { readonly id: number; readonly kind: 'json'; readonly text: string };

export interface Rows {
  readonly rows: readonly Row[];
  readonly nextId: number;
}

export function toRows(conditions: readonly unknown[]): Rows {
  const rows = conditions.map((condition, id): Row => {
    const simple = asSimple(condition);
    return simple === null
      ? { id, kind: 'json', text: JSON.stringify(condition, null, 2) }
      : { id, kind: 'attribute', condition: simple };
  });
  return { rows, nextId: rows.length };
}

/** The conditions as they are sent; what is not JSON is left out and named in `problems`, by row id. */
export function toConditions(rows: readonly Row[]): {
  readonly conditions: readonly unknown[];
  readonly problems: { readonly [id: number]: string };
} {
  const conditions: unknown[] = [];
  const problems: Record<number, string> = {};
  for (const row of rows) {
    if (row.kind === 'attribute') {
      conditions.push(row.condition);
      const problem = attributeProblem(row.condition);
      if (problem !== null) problems[row.id] = problem;
    } else {
      try {
        conditions.push(JSON.parse(row.text));
      } catch (error) {
        problems[row.id] = `This is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`;
      }
    }
  }
  return { conditions, problems };
}

export type RowEvent =
  | { readonly event: 'add'; readonly kind: Row['kind'] }
  | { readonly event: 'remove'; readonly id: number }
  | { readonly event: 'condition'; readonly id: number; readonly condition: AttributeCondition }
  | { readonly event: 'text'; readonly id: number; readonly text: string }
  | { readonly event: 'all'; readonly rows: Rows };

const BLANK: AttributeCondition = { attribute: '', operator: 'in', values: [] };
const BLANK_JSON = '{\n  "segment": ""\n}';

export function stepRows(state: Rows, event: RowEvent): Rows {
  switch (event.event) {
    case 'add': {
      const row: Row =
        event.kind === 'attribute'
          ? { id: state.nextId, kind: 'attribute', condition: BLANK }
          : { id: state.nextId, kind: 'json', text: BLANK_JSON };
      return { rows: [...state.rows, row], nextId: state.nextId + 1 };
    }
    case 'remove':
      return { ...state, rows: state.rows.filter(({ id }) => id !== event.id) };
    case 'condition':
      return replaced(state, { id: event.id, kind: 'attribute', condition: event.condition });
    case 'text':
      return replaced(state, { id: event.id, kind: 'json', text: event.text });
    case 'all':
      return event.rows;
  }
}

/** Another operator; values that it cannot take are let go of. */
export function withOperator(condition: AttributeCondition, operator: Operator): AttributeCondition {
  const words = operatorWords(operator);
  const { ignoreCase, ...rest } = condition;
  const isCased = words.kind === 'text' || operator === 'in';
  const kept = words.kind === 'none' ? [] : condition.values.flatMap((value) => fit(String(value), words.kind) ?? []);
  return {
    ...rest,
    operator,
    values: words.single ? kept.slice(0, 1) : kept,
    ...(isCased && ignoreCase === true ? { ignoreCase } : {}),
  };
}

/** Texts of a field as values: numbers and true or false stand for themselves where any value may stand. */
export function withValues(condition: AttributeCondition, texts: readonly string[]): AttributeCondition {
  const { kind } = operatorWords(condition.operator);
  return { ...condition, values: texts.map((text) => fit(text, kind) ?? text) };
}

/** What is missing before it can be sent; null: nothing. What it means is judged by the evaluator's own check. */
export function attributeProblem({ attribute, operator, values }: AttributeCondition): string | null {
  if (attribute.trim() === '') return 'Write which attribute it looks at, such as plan or company.country.';
  const { kind } = operatorWords(operator);
  if (kind === 'none') return null;
  if (values.length === 0) return 'Write at least one value to compare with.';
  if (kind === 'number' && values.some((value) => typeof value !== 'number')) return 'Write a number to compare with.';
  return null;
}

function fit(text: string, kind: ValueKind): string | number | boolean | null {
  const isNumber = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text);
  if (kind === 'number') return isNumber ? Number(text) : null;
  if (kind !== 'any') return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return isNumber ? Number(text) : text;
}

/** A condition whose every member has a field; else null. */
function asSimple(condition: unknown): AttributeCondition | null {
  const { attribute, operator, values, dialect } = condition as Partial<AttributeCondition>;
  const isSimple =
    typeof attribute === 'string' &&
    typeof operator === 'string' &&
    WORDS.has(operator) &&
    Array.isArray(values) &&
    dialect === undefined;
  return isSimple ? (condition as AttributeCondition) : null;
}

function replaced(state: Rows, row: Row): Rows {
  return { ...state, rows: state.rows.map((one) => (one.id === row.id ? row : one)) };
}

/** A condition in words, without its subject: `plan is one of pro, team`. */
export function conditionText(condition: Condition): string {
  if ('attribute' in condition) return attributeText(condition);
  if ('segment' in condition)
    return condition.negate === true ? `is not in ${condition.segment}` : `is in ${condition.segment}`;
  if ('bucket' in condition) {
    const share = Math.round(((condition.to - condition.from) / condition.of) * 10_000) / 100;
    return `${condition.negate === true ? 'is outside of' : 'is in'} a share of ${share} %`;
  }
  const parts = condition.conditions.map(conditionText);
  if (condition.group === 'none') return `none of (${parts.join('; ')})`;
  return parts.length < 2 ? parts.join('') : `(${parts.join(condition.group === 'all' ? ' and ' : ' or ')})`;
}

const MOST_NAMED = 4;

function attributeText({ attribute, operator, values, negate, ignoreCase }: AttributeCondition): string {
  const words = operatorWords(operator);
  const more = values.length - MOST_NAMED;
  const listed = values.slice(0, more > 0 ? MOST_NAMED : values.length).map(String);
  const text = [...listed, ...(more > 0 ? [`${more.toLocaleString('en')} more`] : [])].join(', ');
  const cased = ignoreCase === true ? ' in any case' : '';
  return `${attribute} ${negate === true ? words.isNot : words.is}${text === '' ? '' : ` ${text}`}${cased}`;
}
