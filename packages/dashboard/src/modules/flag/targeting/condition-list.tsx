import type { Condition } from '@flaghoist/evaluator';
import { Braces, CirclePercent, ListFilter, Plus, Users } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { problemAt, type Problems } from '../check/problems.ts';
import { beginCondition, type ConditionKind } from '../draft/new-rule.ts';
import { useEditing } from '../editing/editing-context.ts';
import { ConditionEditor } from './condition-editor.tsx';
import { Said } from './said.tsx';

export interface ConditionListProps {
  readonly rule: string;
  /** The place of the group they stand in; empty: the rule's own list. */
  readonly at: readonly number[];
  readonly conditions: readonly Condition[];
  readonly path: string;
  readonly problems: Problems;
  readonly joint: 'and' | 'or';
}

const KINDS = [
  { kind: 'attribute', label: 'Attribute', icon: ListFilter },
  { kind: 'segment', label: 'Segment', icon: Users },
  { kind: 'bucket', label: 'Share of people', icon: CirclePercent },
  { kind: 'group', label: 'Group', icon: Braces },
] as const satisfies readonly { readonly kind: ConditionKind; readonly label: string; readonly icon: typeof Users }[];

/** Conditions in order, with the word that joins them before each. */
export function ConditionList({ rule, at, conditions, path, problems, joint }: ConditionListProps) {
  const { edit } = useEditing();
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <ol className="flex min-w-0 flex-col gap-2">
        {conditions.map((condition, index) => (
          // Conditions have no names; their place is what they are edited by.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className="grid min-w-0 gap-x-3 gap-y-1 sm:grid-cols-[3.25rem_minmax(0,1fr)]">
            <span className="pt-1.5 text-sm text-faint sm:text-right">
              {index === 0 ? (at.length === 0 ? 'Where' : '') : joint}
            </span>
            <ConditionEditor
              condition={condition}
              place={{ rule, at: [...at, index] }}
              path={`${path}[${index}]`}
              problems={problems}
            />
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-3 sm:pl-16">
        <Menu
          trigger={
            <Button size="sm" tone="ghost" icon={Plus}>
              Add condition
            </Button>
          }
        >
          {KINDS.map(({ kind, label, icon }) => (
            <MenuItem
              key={kind}
              icon={icon}
              onSelect={() => edit({ do: 'add condition', rule, into: at, condition: beginCondition(kind) })}
            >
              {label}
            </MenuItem>
          ))}
        </Menu>
        <Said problem={problemAt(problems, path)} />
      </div>
    </div>
  );
}
