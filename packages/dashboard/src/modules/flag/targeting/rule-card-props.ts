import type { PointerEvent } from 'react';
import type { Rule } from '@flaghoist/evaluator';
import type { Problems } from '../check/problems.ts';

export interface RuleCardProps {
  readonly rule: Rule;
  readonly index: number;
  readonly isLast: boolean;
  readonly isOpen: boolean;
  readonly problems: Problems;
  readonly state: 'new' | 'changed' | null;
  readonly onOpen: (rule: string, isOpen: boolean) => void;
  readonly onMove: (rule: string, to: number) => void;
  /** The handle was pressed, to drag the rule. */
  readonly onGrab: (rule: string, press: PointerEvent) => void;
  readonly onDuplicate: (rule: string) => void;
  readonly onRename: (rule: string, id: string) => void;
  readonly onRemove: (rule: string) => void;
}
