import type { Operator } from '@flaghoist/evaluator';
import { OPERANDS, type OperandKind } from '../draft/operands.ts';
import { PHRASES } from '../words/condition-words.ts';

/** An operator and whether it is turned round, as one choice. */
export type OperatorChoice = Operator | `not ${Operator}`;

const ORDER: readonly Operator[] = [
  'in',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'exists',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'before',
  'after',
  'semverEqual',
  'semverGreaterOrEqual',
  'semverGreaterThan',
  'semverLessOrEqual',
  'semverLessThan',
  'semverSameMajor',
  'semverSameMinor',
  'inIpRange',
];

const HINTS: { readonly [kind in OperandKind]: string | undefined } = {
  any: undefined,
  text: 'Text',
  pattern: 'Regular expression',
  number: 'Number',
  version: 'Version',
  dateTime: 'Date',
  ipRange: 'Network',
  none: undefined,
};

export const OPERATOR_OPTIONS = ORDER.flatMap((operator) => {
  const { one, many, notOne, notMany, end } = PHRASES[operator];
  const { single, kind } = OPERANDS[operator];
  const isEquality = operator === 'in' || operator === 'semverEqual' || operator === 'inIpRange';
  const said = (plain: string, several: string): string => {
    const words = !single && isEquality ? several : plain;
    return end === undefined ? words : `${words} … ${end}`;
  };
  const hint = HINTS[kind];
  const more = hint === undefined ? {} : { hint };
  return [
    { value: operator as OperatorChoice, label: said(one, many), ...more },
    { value: `not ${operator}` as OperatorChoice, label: said(notOne, notMany), ...more },
  ];
});

export function choiceOf(operator: Operator, negate: boolean): OperatorChoice {
  return negate ? `not ${operator}` : operator;
}

export function readChoice(choice: string): { readonly operator: Operator; readonly negate: boolean } | null {
  const negate = choice.startsWith('not ');
  const operator = ORDER.find((one) => one === (negate ? choice.slice(4) : choice));
  return operator === undefined ? null : { operator, negate };
}
